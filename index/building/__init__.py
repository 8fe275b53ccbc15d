"""Documents to a published generation; updates, uploads, verification."""
