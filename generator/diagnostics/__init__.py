"""What is wrong with a file, as data, and how it is worded and printed."""
