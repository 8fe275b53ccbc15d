"""Documents in, an index directory out. Nothing here knows about questions."""
