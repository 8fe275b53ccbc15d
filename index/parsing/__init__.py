"""Lines to a document: headings, structure, contents, items; the reading process and its JSON."""
