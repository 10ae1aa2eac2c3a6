"""Deploys a bundle into the embedded AWS, by reading its generated Terraform. Start reading at `applying`."""
