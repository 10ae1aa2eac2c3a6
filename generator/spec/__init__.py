"""The models of leaderboards.yaml, and the JSON Schema and the reference that are made from them."""
