"""Whatever a question, a document or its name holds stays text, in every handler of the page."""

import re

import pytest

from tests.ui.handlers.payloads import HARMLESS, PAYLOADS, Form, Visitor

AT_ONCE = 25
_ADDRESS = re.compile(r"(?:\?|#|/(?!/)|https?://own\.example/|$)")
WITHOUT_HTML = {"search", "show", "related", "outline", "documents"}  # for programs


def test_there_are_at_least_500_payloads() -> None:
    assert len(PAYLOADS) >= 500
    assert len({payload.translate(HARMLESS) for payload in PAYLOADS}) == len(PAYLOADS)
    assert not any(set(payload.translate(HARMLESS)) & set("<>&\"'`") for payload in PAYLOADS)


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor()


def test_every_handler_is_called(visitor: Visitor) -> None:
    asked = {name for name, _ in visitor.gather("<b>")}
    assert asked == set(visitor.handlers) - WITHOUT_HTML
    assert len(asked) >= 6


@pytest.mark.parametrize("first", range(0, len(PAYLOADS), AT_ONCE))
def test_payloads_add_no_element_and_no_attribute(
    visitor: Visitor, first: int, caplog: pytest.LogCaptureFixture
) -> None:
    for payload in PAYLOADS[first : first + AT_ONCE]:
        found, harmless = list(visitor.gather(payload)), list(visitor.gather(payload.translate(HARMLESS)))
        assert [name for name, _ in found] == [name for name, _ in harmless]
        told = False
        for (name, html), (_, same) in zip(found, harmless, strict=True):
            form = Form(html)
            assert form.elements == Form(same).elements, (name, payload)
            assert form.others == [], (name, payload)
            assert [one for one in form.addresses if not _ADDRESS.match(one)] == [], (name, payload)
            told = told or any(payload in text for text in form.texts)
        assert told, payload
    assert caplog.messages == []  # a handler that fails shows nothing of it
