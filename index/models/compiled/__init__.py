"""The compiled form of an embedding model: converted once, then read without torch."""
