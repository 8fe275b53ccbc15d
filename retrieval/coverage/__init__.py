"""Every passage that speaks of a term."""
