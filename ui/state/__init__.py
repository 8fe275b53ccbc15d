"""State of the server and input of the handlers: concurrency, jobs, protocols, text chunks."""
