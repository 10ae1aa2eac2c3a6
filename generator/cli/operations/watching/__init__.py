"""Commands by which people watch what runs."""
