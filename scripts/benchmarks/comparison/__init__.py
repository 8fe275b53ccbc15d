"""Comparison of speed and size with other programs that search by meaning."""
