"""The board's S3 bucket: snapshots, each published as a whole."""
