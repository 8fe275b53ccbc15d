"""What is carried away: an answer or a basket of passages as a memo, and the memo as Markdown, Word and csv."""
