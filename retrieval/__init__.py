"""Questions in, passages with citations out."""
