"""Scripts that fit the constants of retrieval."""
