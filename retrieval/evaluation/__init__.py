"""BEIR collections, TREC runs, measures, statistics."""
