"""An HTML document around a body."""

from ui.html.markup import EMPTY, Html, element
from ui.html.static_files import static

_DOCTYPE = "<!doctype html>\n"


def html_document(body: Html, *, title: str, language: str, styles: tuple[str, ...], head: Html = EMPTY) -> str:
    """Return the document; ``styles`` are names of style sheets, ``head`` is what else its head holds."""
    heading = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("link", rel="icon", href=static("icon.svg")),
        *(element("link", rel="stylesheet", href=static(name)) for name in styles),
        head,
    )
    return _DOCTYPE + str(element("html", heading, element("body", body), lang=language))
