"""What of a file is no part of its text: contents, lines of pages, words of websites; and the check of the rest."""
