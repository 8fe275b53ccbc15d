"""Parsing of lines to documents: headings, structure, contents, items; the parsing process and its JSON."""
