"""Candidates, late interaction, fusion, rerankers."""
