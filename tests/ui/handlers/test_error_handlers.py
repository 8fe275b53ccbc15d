import pytest

from index.errors import DocumentError, ModelError, QuestionError, StoreError, UnknownPlaceError, ZhangjuError
from ui.handlers.error_handlers import HandlerResult, error_result, handle_errors
from ui.words import EN, ZH, PageWords


@pytest.mark.parametrize("words", [ZH, EN])
def test_an_error_has_a_title_by_kind_and_its_message_as_reason(
    words: PageWords,
) -> None:
    kinds = {
        UnknownPlaceError: words.error.place,
        QuestionError: words.unusable,
        DocumentError: words.error.document,
        ModelError: words.error.model,
        StoreError: words.error.store,
        ZhangjuError: words.failed,
    }
    for kind, title in kinds.items():

        def fail(kind: type[ZhangjuError] = kind) -> HandlerResult:
            raise kind("'<x>' names no document")

        told = handle_errors(words, fail)
        assert told["problem"]
        assert told["html"] == (
            f'<div class="zj-verdict zj-problem" role="alert"><p class="zj-verdict-title">{title}</p>'
            f'<p>{words.reason} <span lang="en">&#39;&lt;x&gt;&#39; names no document</span></p></div>'
        )


def test_a_caller_can_set_the_title() -> None:
    told = error_result(QuestionError("no column"), ZH, title=ZH.batch.unreadable)
    assert f'<p class="zj-verdict-title">{ZH.batch.unreadable}</p>' in told["html"]
