"""The text of a question to what it asks: place, words, question type."""
