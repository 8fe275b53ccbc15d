"""Escaped HTML and addresses of the page."""
