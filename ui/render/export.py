"""The buttons that export what is shown."""

from typing import Literal

from ui.html.markup import Html, element
from ui.words import PageWords


def export_bar(words: PageWords, *, of: Literal["answer", "basket"]) -> Html:
    """One button for each form."""
    said = words.export
    forms = (("markdown", said.markdown), ("word", said.word), ("csv", said.csv))
    buttons = (
        element("button", name, type="button", class_="zj-act", data_export=form, data_of=of) for form, name in forms
    )
    return element(
        "div",
        element("span", said.export, class_="zj-label"),
        *buttons,
        class_="zj-export",
        role="group",
        aria_label=said.export,
    )
