"""The grammar of places, mentions in texts, links, titles."""
