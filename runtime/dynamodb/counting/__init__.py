"""What the records of a batch change in the tables."""
