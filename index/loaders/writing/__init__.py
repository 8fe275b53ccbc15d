"""What documents of word processors have in common in every format."""
