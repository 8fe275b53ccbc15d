"""Embedding models: contract, packaged weights, hub, encoder, token vectors, cache."""
