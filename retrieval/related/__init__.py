"""Related provisions and the chapter map."""
