"""Builds of an index: source files to a published generation, updates, uploads, verification."""
