"""The models of a score's columns: how they combine, how many digits they have, and how people read them."""
