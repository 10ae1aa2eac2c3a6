"""Documents that are made of the models: the JSON Schema for editors, and the reference for people."""
