"""Reads Terraform files and evaluates a module."""
