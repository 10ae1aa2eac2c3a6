"""The models of what a person writes, and the JSON Schema and reference made of them."""
