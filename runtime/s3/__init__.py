"""Keeps snapshots in S3, each replaced whole."""
