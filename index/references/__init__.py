"""Grammar of places, mentions in texts, links and titles."""
