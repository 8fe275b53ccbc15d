"""Reasons for a match, word alignment across languages."""
