"""Question files, evidence rows, quote check, comparison, citation styles."""
