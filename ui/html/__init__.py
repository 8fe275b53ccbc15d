"""Escaped HTML and addresses."""
