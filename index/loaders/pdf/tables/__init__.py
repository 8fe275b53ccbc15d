"""Tables of PDF files: by their lines, or by columns that are only aligned."""
