"""Deploys a bundle into the embedded AWS, reading the Terraform that was generated."""
