"""Lengths of texts in UTF-16."""


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 code units, which JavaScript and Excel count: characters beyond U+FFFF are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
