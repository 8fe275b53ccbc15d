"""Records as escaped HTML."""
