"""Sorting more lines than fit into memory: runs on the temporary folder, made in several processes, and their merge."""
