"""Export buttons."""

from typing import Literal

from ui.html.markup import Html, element
from ui.words import PageWords


def export_bar(words: PageWords, *, of: Literal["answer", "basket"]) -> Html:
    """Return a button for each file format."""
    names = {"markdown": words.export.markdown, "word": words.export.word, "csv": words.export.csv}
    buttons = (
        element("button", name, type="button", class_="zj-act", data_export=form, data_of=of)
        for form, name in names.items()
    )
    label = element("span", words.export.export, class_="zj-label")
    return element("div", label, *buttons, class_="zj-export", role="group", aria_label=words.export.export)
