"""Assembling: many functions make one window's base, part by part. `plan` says how, `steps` what each does."""
