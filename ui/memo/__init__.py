"""Memos: an answer or a basket for export as Markdown, Word and csv."""
