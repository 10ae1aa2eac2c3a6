"""What rebuilds do with the ranks that are assembled: see `lifecycle.assembling`."""
