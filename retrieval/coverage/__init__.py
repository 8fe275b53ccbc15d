"""Coverage: every passage on a term."""
