"""Choice of headings: single lines, the words of many languages, series of numbers, titles on other lines."""
