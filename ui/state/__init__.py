"""State of the page behind its handlers: documents, jobs, baskets, concurrency."""
