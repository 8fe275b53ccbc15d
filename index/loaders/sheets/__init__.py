"""Spreadsheets and tables in text files."""
