"""Text utilities: numerals, Chinese scripts, sentences."""
