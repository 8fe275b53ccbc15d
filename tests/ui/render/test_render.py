from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markupsafe import escape

from index.records import Citation, Division, Document, Link, Passage, Span
from retrieval.records import AbstentionReason, Answer, AnswerStatus, Detail, Difference, Hit, MatchReason, WordMatch
from tests.ui.fakes import BigramSearcher, plan
from ui.html.markup import Html, element, join
from ui.render.answers import SameText, render_answer, render_place, render_problem
from ui.render.export import export_bar
from ui.render.frame import Contents, render_frame
from ui.render.notices import render_not_opened, render_notice, render_outdated, render_updated
from ui.render.passages import CopyTexts, text_language
from ui.render.text import render_preview, render_text
from ui.state.outline import outlines
from ui.state.text_chunks import TextChunks
from ui.words import EN, ZH, PageWords

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;b&gt;{{value}}${value}"

# The whole template: an element or attribute that is not here came out of somebody's text.
TEMPLATE = {
    "a": {"href", "class", "data-open", "data-related", "data-view", "data-heading", "data-preview"},
    "article": {"class", "data-document", "data-passage", "tabindex"},
    "b": set(),
    "blockquote": {"lang"},
    "button": {
        *("type", "class", "id", "role", "lang", "disabled", "aria-controls", "aria-pressed", "aria-selected"),
        *(
            "data-ask",
            "data-collect",
            "data-copy",
            "data-export",
            "data-language",
            "data-of",
            "data-region",
            "data-style",
        ),
    },
    "cite": set(),
    "dd": set(),
    "details": {"class", "id", "open", "data-all", "data-document"},
    "dialog": {"id", "aria-labelledby"},
    "div": {
        *("class", "id", "lang", "role", "tabindex", "aria-label", "aria-live"),
        *("data-cite", "data-forget", "data-label", "data-passage"),
        *("data-generation", "data-language", "data-region", "data-words"),
    },
    "dl": set(),
    "dt": set(),
    "form": {"id", "method", "role"},
    "h1": set(),
    "h2": {"class", "id"},
    "h3": {"class", "id", "title"},
    "h4": {"class", "id", "title"},
    "header": {"id"},
    "input": {"form", "name", "type", "value"},
    "kbd": set(),
    "label": {"class", "for"},
    "li": {"class", "lang"},
    "main": {"aria-label", "id", "tabindex"},
    "mark": set(),
    "nav": {"aria-label", "id"},
    "ol": {"class"},
    "option": {"value"},
    "p": {"class"},
    "section": {"aria-label", "class", "data-chunk", "data-size", "id"},
    "select": {"aria-label", "id"},
    "span": {"class", "data-match", "data-node", "id", "lang", "title"},
    "summary": {"class", "title"},
    "textarea": {"autocomplete", "enterkeyhint", "id", "name", "placeholder", "rows", "spellcheck"},
    "u": set(),
    "ul": {"class"},
}
VOID = {"input", "link", "meta"}
COPIES = CopyTexts({"zh": "《规划》", "en": "Plan", "bibtex": "@misc{}"}, "?p=p1")


class Page(HTMLParser):
    """Reads HTML back: every element with its attributes, and the text inside elements of a name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(self.open), data))

    def text(self, tag: str = "") -> str:
        return "".join(data for path, data in self.texts if not tag or tag in path)


def passage(text: str, *, lead: str = "", ordinal: int = 3, **changes: object) -> Passage:
    path = (
        Division(kind="章", number=16, title="推进绿色发展建设美丽辽宁", inferred=True),
        Division(kind="节", number=5, title="全面提高资源利用效率"),
    )
    made = Passage(
        id="p1",
        document="d",
        path=path,
        ordinal=ordinal,
        text=text,
        pieces=(Span(9, 9 + len(text)),),
        line=44,
        lead=lead,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def hit(found: Passage, best: Span) -> Hit:
    citation = Citation(zh="《规划》第十六章第五节第3段", en="Plan, ch. 16, sec. 5, para. 3")
    return Hit(
        rank=1,
        score=2.0,
        passage=found,
        document_title="规划",
        citation=citation,
        best=best,
        marked=(best,),
        sentence_citation=citation,
    )


def answer(*hits: Hit, status: AnswerStatus = "answered", question: str = "怎样节能？") -> Answer:
    return Answer(question=question, status=status, confidence=0.93, hits=hits)


def shown(found: Answer, words: PageWords = ZH, same_text: SameText | None = None) -> Html:
    return render_answer(found, {h.passage.id: COPIES for h in found.hits}, words, same_text=same_text)


TEXT = "持续推进节能降耗。加强节能管理。推动改造。"


def test_an_answer_written_out_by_hand() -> None:
    found = hit(passage(TEXT, lead="持续推进节能降耗"), Span(9, 16))
    html = shown(answer(found))
    assert html.startswith(
        '<div class="zj-verdict zj-answered" role="status"><p class="zj-asked"><span>问题：</span>怎样节能？</p>'
        '<p class="zj-verdict-title">原文的回答</p><blockquote lang="zh">加强节能管理。</blockquote>'
        '<p class="zj-source"><cite>《规划》第十六章第五节第3段</cite><span>可信度：高</span></p></div>'
        f"{export_bar(ZH, of='answer')}"
        '<h2>原文与出处</h2><ol class="zj-hits"><li class="zj-hit"><article data-passage="p1" tabindex="-1">'
        '<header><span class="zj-rank">1</span><span lang="zh" class="zj-document">规划</span></header>'
        '<p class="zj-path"><span>第十六章（推定） <span lang="zh">推进绿色发展建设美丽辽宁</span></span>'
        '<span class="zj-step"> › </span><span>第五节 <span lang="zh">全面提高资源利用效率</span></span>'
        '<span class="zj-step"> › </span><span>第3段</span></p>'
        '<div class="zj-text" lang="zh"><p><b>持续推进节能降耗</b>。<mark>加强节能管理。</mark>推动改造。</p></div>'
        '<p class="zj-source"><cite>《规划》第十六章第五节第3段</cite><span>原文第 44 行</span></p>'
        '<div class="zj-actions" role="group" aria-label="段落操作">'
        '<a href="?p=p1" class="zj-act" data-open="p1">在原文中打开</a>'
    )
    copies = [attributes["data-copy"] for _, attributes in Page(html).elements if "data-copy" in attributes]
    assert copies == ["《规划》", "《规划》", "Plan", "@misc{}", "?p=p1"]


def test_the_same_in_english() -> None:
    page = Page(shown(answer(hit(passage(TEXT), Span(9, 16))), EN))
    assert "Plan, ch. 16, sec. 5, para. 3" in page.text("cite")
    text = page.text()
    assert "Chapter 16 (inferred) 推进绿色发展建设美丽辽宁 › Section 5 全面提高资源利用效率 › paragraph 3" in text
    assert "Confidence: high" in text
    assert "line 44 of the source" in text


@pytest.mark.parametrize(
    ("text", "best", "lead", "html"),
    [
        ("甲。乙。", Span(0, 2), "", "<p><mark>甲。</mark>乙。</p>"),
        ("甲。乙。", Span(2, 4), "", "<p>甲。<mark>乙。</mark></p>"),
        ("甲。乙。", Span(0, 4), "甲", "<p><mark><b>甲</b>。乙。</mark></p>"),
        ("甲乙丙。", Span(1, 3), "甲乙", "<p><b>甲</b><mark><b>乙</b>丙</mark>。</p>"),
        ("甲。乙。", Span(0, 0), "", "<p>甲。乙。</p>"),
        ("甲。乙。", Span(2, 99), "", "<p>甲。<mark>乙。</mark></p>"),
        ("甲。", Span(0, 2), "不在开头", "<p><mark>甲。</mark></p>"),
        ("甲。\n乙。", Span(1, 4), "", "<p>甲<mark>。</mark></p><p><mark>乙</mark>。</p>"),
        ("甲。\r\n\n  乙。", Span(7, 9), "", "<p>甲。</p><p>  <mark>乙。</mark></p>"),
        ("a<b & c", Span(2, 5), "", "<p>a&lt;<mark>b &amp;</mark> c</p>"),
        ("𠮷野家。乙。", Span(4, 6), "", "<p>𠮷野家。<mark>乙。</mark></p>"),
    ],
)
def test_mark_and_lead_stand_around_the_right_characters(text: str, best: Span, lead: str, html: str) -> None:
    rendered = shown(answer(hit(passage(text, lead=lead), best), status="not in the text"), ZH)
    assert html in rendered


@pytest.mark.parametrize(
    ("text", "marked", "html"),
    [
        ("甲。乙。丙。", [(0, 2), (4, 6)], "<p><mark>甲。</mark>乙。<mark>丙。</mark></p>"),
        ("甲。乙。丙。", [(0, 2), (2, 4)], "<p><mark>甲。</mark><mark>乙。</mark>丙。</p>"),
        ("甲。\n乙。丙。", [(0, 2), (5, 7)], "<p><mark>甲。</mark></p><p>乙。<mark>丙。</mark></p>"),
        ("甲。乙。", [], "<p>甲。乙。</p>"),
    ],
)
def test_several_sentences_are_marked(text: str, marked: list[tuple[int, int]], html: str) -> None:
    found = replace(hit(passage(text), Span(0, 2)), marked=tuple(Span(*m) for m in marked))
    assert html in shown(answer(found), ZH)


def test_what_matches_is_underlined_and_said() -> None:
    why = MatchReason(
        by="both", terms=(Span(11, 13),), matches=(WordMatch(question=Span(2, 4), passage=Span(13, 15), strength=0.8),)
    )
    html = shown(answer(replace(hit(passage(TEXT), Span(9, 16)), match_reason=why)))
    assert "<mark>加强<u>节能</u>管理。</mark>" in html
    assert '<p class="zj-because"><span class="zj-kind">意思相近，用词相同</span>' in html
    assert "节能 → 管理" in Page(html).text("p")


def test_references_are_links_and_those_to_nowhere_say_so() -> None:
    links = (Link(span=Span(0, 2), targets=("p7", "p8")), Link(span=Span(3, 5)))
    html = shown(answer(hit(passage("甲乙。丙丁。", links=links), Span(1, 5))))
    assert '<p><a href="?p=p7" class="zj-ref" data-preview="p7 p8">甲</a><mark>' in html
    assert '<span class="zj-unresolved" title="引用的内容不在索引中">丙丁</span></mark>。</p>' in html


def second_hit() -> Hit:
    citation = Citation(zh="《规划》第三章第1段", en="Plan, ch. 3, para. 1")
    return replace(hit(passage("节能。降耗。", id="p2"), Span(3, 6)), rank=2, sentence_citation=citation)


@pytest.mark.parametrize(
    ("confidence", "words", "title"),
    [(0.9, ZH, "原文的回答（两处）"), (0.9, EN, "Answers in the text (two places)")],
)
def test_two_sentences_that_answer_are_quoted_each_with_its_own_citation(
    confidence: float, words: PageWords, title: str
) -> None:
    both = replace(answer(hit(passage(TEXT), Span(9, 16)), second_hit()), second=2, confidence=confidence)
    html = shown(both, words)
    verdict = html[: html.index('<div class="zj-export"')]
    zh = words is ZH
    first, second = ("《规划》第十六章第五节第3段", "《规划》第三章第1段") if zh else (
        "Plan, ch. 16, sec. 5, para. 3", "Plan, ch. 3, para. 1"
    )  # fmt: skip
    degree = words.confidence.format(degree=words.sureness(confidence))
    assert verdict.endswith(
        f'<p class="zj-verdict-title">{title}</p>'
        '<blockquote lang="zh">加强节能管理。</blockquote>'
        f'<p class="zj-source"><cite>{first}</cite><span>{degree}</span></p>'
        '<blockquote lang="zh">降耗。</blockquote>'
        f'<p class="zj-source"><cite>{second}</cite></p></div>'
    )


def test_a_second_hit_that_does_not_answer_is_not_quoted() -> None:
    page = Page(shown(answer(hit(passage(TEXT), Span(9, 16)), second_hit()), ZH))
    assert page.text("blockquote") == "加强节能管理。"


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        ("nothing similar", "文件中没有相近的内容。", "The documents contain nothing similar."),
        ("talk", "这不像是针对文件内容的提问。", "does not look like a question"),
        (
            "no such place",
            "检索范围内没有“第九十九章”、“第一百条”。",
            "There is no “第九十九章”, no “第一百条” in the searched documents.",
        ),
    ],
)
def test_the_reason_stands_below_the_verdict(reason: AbstentionReason, zh: str, en: str) -> None:
    found = answer(hit(passage(TEXT), Span(0, 9)), status="not in the text")
    found = replace(found, reason=reason, unresolved=("第九十九章", "第一百条") if reason == "no such place" else ())
    for words, says in ((ZH, zh), (EN, en)):
        html = shown(found, words)
        assert f'<p class="zj-verdict-title">{words.not_in_the_text}</p><p class="zj-why">' in html
        assert says in Page(html).text()
        assert "<blockquote" not in html


@pytest.mark.parametrize(
    ("missing", "zh", "en"),
    [
        (None, "不能确定它是否回答了所问的内容。", "it is uncertain whether it answers the question."),
        ("duration", "其中没有写明期限。", "it does not state a period."),
    ],
)
def test_a_related_sentence_is_quoted_below_what_it_lacks(missing: Detail | None, zh: str, en: str) -> None:
    found = replace(answer(hit(passage(TEXT), Span(9, 16)), status="related"), reason="no detail", missing=missing)
    for words, says in ((ZH, zh), (EN, en)):
        html = shown(found, words)
        verdict = html[: html.index('<div class="zj-export"')]
        assert f'<p class="zj-verdict-title">{words.related_only}</p><p class="zj-why">' in verdict
        assert says in Page(verdict).text()
        assert "加强节能管理。" in Page(verdict).text("blockquote")
        assert words.confidence.format(degree="").strip("：: ") not in verdict
        assert words.nearest in Page(html).text("h2")


def test_each_of_several_questions_has_its_verdict() -> None:
    first = replace(answer(hit(passage(TEXT), Span(9, 16))), question="<怎么管？")
    second = replace(answer(second_hit(), status="related"), question="谁管？", reason="no detail", missing="name")
    both = replace(answer(hit(passage(TEXT), Span(0, 9))), parts=(first, second))
    html = shown(both, ZH)
    verdict = html[: html.index('<div class="zj-export"')]
    one, two = verdict.split("<section>")[1:]
    assert '<p class="zj-part">&lt;怎么管？</p><p class="zj-verdict-title">原文的回答</p>' in one
    assert "加强节能管理。" in one
    assert f'<p class="zj-part">谁管？</p><p class="zj-verdict-title">{ZH.related_only}</p>' in two
    assert "没有写明机构或人员。" in two
    assert "降耗。" in two


def test_what_differs_from_the_question_is_said_of_an_answer() -> None:
    found = replace(answer(hit(passage(TEXT), Span(9, 16))), differences=(Difference("value", "20%", "<12%"),))
    assert "问题说的是“20%”，原文说的是“&lt;12%”。" in shown(found, ZH)


def test_without_a_reason_the_verdict_stands_alone() -> None:
    found = answer(hit(passage(TEXT), Span(0, 9)), status="not in the text")
    assert "zj-why" not in shown(found, ZH)


def test_where_else_the_same_words_stand() -> None:
    found = answer(hit(passage(TEXT), Span(0, 9)))
    others = [Citation(zh=f"《规划》第{n}条", en=f"Plan, art. {n}") for n in range(1, 8)]
    html = shown(found, ZH, same_text={"p1": others[:2], "p9": others})
    assert '<p class="zj-note">相同文字另见：《规划》第1条；《规划》第2条</p>' in html
    html = shown(found, EN, same_text={"p1": others})
    assert "Same text also in: Plan, art. 1; " in html
    assert "Plan, art. 5; 2 more</p>" in html
    assert "另见" not in shown(found, ZH, same_text={"p1": []})


def test_the_text_does_not_answer_but_the_nearest_is_shown() -> None:
    found = hit(passage(TEXT), Span(0, 9))
    page = Page(shown(answer(found, status="not in the text"), ZH))
    assert "原文没有回答这个问题" in page.text()
    assert "最相近的段落" in page.text("h2")
    assert page.text("blockquote") == ""
    assert page.text("mark") == "持续推进节能降耗。"
    english = Page(shown(answer(found, status="not in the text"), EN))
    assert "The text does not answer this question" in english.text()


def test_too_vague_with_no_hits_at_all() -> None:
    page = Page(shown(answer(status="too vague", question="？"), ZH))
    assert ZH.too_vague in page.text()
    assert not {"ol", "h2"} & {tag for tag, _ in page.elements}


def test_a_mended_passage_says_so() -> None:
    mended = passage("上下", pieces=(Span(0, 1), Span(2, 3)))
    assert ZH.joined_lines in shown(answer(hit(mended, Span(0, 2))), ZH)


def test_an_unnumbered_level_is_named_once_and_a_passage_without_a_place_has_no_path() -> None:
    preface = passage("甲。", path=(Division(kind="章", number=0, title="序言"),), ordinal=0)
    assert Page(shown(answer(hit(preface, Span(0, 2))), ZH)).text().count("序言") == 1
    assert "zj-path" not in shown(answer(hit(passage("甲。", path=(), ordinal=0), Span(0, 2))), ZH)


def hostile_document() -> Document:
    path = (Division(kind="章", number=1, title=HOSTILE), Division(kind="节", number=0, title=HOSTILE))
    bad = passage(HOSTILE, id=HOSTILE, path=path, document=HOSTILE)
    return replace(plan(), id=HOSTILE, title=HOSTILE, metadata={HOSTILE: HOSTILE}, remarks=(HOSTILE,), passages=(bad,))


def hostile_answer(status: AnswerStatus) -> Answer:
    bad = passage(
        HOSTILE + "\n" + HOSTILE,
        lead=HOSTILE[:9],
        id=HOSTILE,
        document=HOSTILE,
        path=(Division(kind="章", number=1, title=HOSTILE), Division(kind="节", number=0, title=HOSTILE)),
        links=(Link(span=Span(4, 9), targets=(HOSTILE,)),),
    )
    match = WordMatch(question=Span(0, 20), passage=Span(5, 30), strength=1.0)
    found = replace(
        hit(bad, Span(3, 60)),
        document_title=HOSTILE,
        citation=Citation(zh=HOSTILE, en=HOSTILE),
        sentence_citation=Citation(zh=HOSTILE, en=HOSTILE),
        passage=bad,
        match_reason=MatchReason(by="meaning", terms=(Span(6, 12),), matches=(match,)),
    )
    asked = replace(answer(found, replace(found, rank=2), status=status, question=HOSTILE), second=2)
    if status == "not in the text":
        asked = replace(asked, reason="no such place", unresolved=(HOSTILE,))
    return asked


@pytest.mark.parametrize("words", [ZH, EN])
@pytest.mark.parametrize("status", ["answered", "not in the text", "too vague"])
def test_nothing_in_the_texts_becomes_html(status: AnswerStatus, words: PageWords) -> None:
    asked, document = hostile_answer(status), hostile_document()
    bad = {HOSTILE: CopyTexts({"zh": HOSTILE, "bibtex": HOSTILE}, HOSTILE)}
    same = {HOSTILE: [Citation(zh=HOSTILE, en=HOSTILE)]}
    trees = outlines([document])
    pages = [
        render_answer(asked, bad, words, same_text=same),
        render_place(HOSTILE, [Html("")], 2, words),
        render_problem(HOSTILE, title=HOSTILE),
        render_frame(
            Contents(
                [document, replace(document, id="other")],
                {**trees, **outlines([replace(document, id="other")])},
                examples=[HOSTILE],
                text=render_text(TextChunks(document, trees[document.id]), "", words),
                question=HOSTILE,
            ),
            words,
            state={"words": HOSTILE, "generation": HOSTILE},
        ),
        render_text(TextChunks(document, trees[document.id]), "", words),
        render_preview(document, document.passages[0], 3, words),
        render_notice(
            [
                render_updated(HOSTILE, None, [document], words),
                render_not_opened(HOSTILE, HOSTILE, words),
                render_outdated(words),
            ]
        ),
    ]
    for html in pages:
        for tag, attributes in Page(html).elements:
            assert attributes.keys() <= TEMPLATE[tag]
    assert Page(pages[0]).text("article").count(HOSTILE) >= 7
    assert ("article", {"data-passage": HOSTILE, "tabindex": "-1"}) in Page(pages[0]).elements


def test_the_results_of_a_computing_searcher_are_whole() -> None:
    found = BigramSearcher((plan(),)).ask("用水量下降多少")
    page = Page(shown(found))
    assert page.text("blockquote") == "建立水资源刚性约束制度,万元地区生产总值用水量较2020年下降12%。"
    text = page.text("article")
    assert all(hit.passage.text in text for hit in found.hits)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("第十六章 推进", "zh"),
        ("PM2.5污染防治", "zh"),
        ("Article 16", ""),
        ("第一章の規定による", ""),
        ("", ""),
        ("12%", ""),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert text_language(text) == language


def test_markup_escapes_all_but_its_own() -> None:
    inner = element("b", "<i>&", data_x='"<')
    assert inner == '<b data-x="&#34;&lt;">&lt;i&gt;&amp;</b>'
    assert element("p", inner, "<", class_="c") == f'<p class="c">{inner}&lt;</p>'
    assert join("&", inner) == f"&amp;{inner}"
    assert element("p", inner + "<script>") == f"<p>{inner}&lt;script&gt;</p>"
    assert element("p", f"{inner}") == f"<p>{escape(str(inner))}</p>"  # a formatted string is text again
    assert element("a", title=inner) == f'<a title="{escape(str(inner))}"></a>'
    assert element("a", hidden=True, open=False) == '<a hidden=""></a>'


def test_a_passage_of_a_paged_document_is_found_by_its_page() -> None:
    paged = replace(passage("甲。"), page=12)
    text = Page(shown(answer(hit(paged, Span(0, 2))), ZH)).text()
    assert "原文第 12 页" in text
    assert "行" not in text


@pytest.mark.parametrize(("confidence", "title"), [(0.7, ZH.answered), (0.69, ZH.perhaps)])
def test_what_is_uncertain_is_not_called_the_answer(confidence: float, title: str) -> None:
    unsure = replace(answer(hit(passage("甲。"), Span(0, 2))), confidence=confidence)
    assert f'<p class="zj-verdict-title">{title}</p>' in shown(unsure, ZH)


def test_a_citation_of_what_is_not_there_is_said_to_be_missing_and_nothing_is_listed() -> None:
    for words, title, why in (
        (ZH, "这些文件中没有这个出处", "检索范围内没有《刑法》。"),
        (EN, "Not in these documents", "There is no 《刑法》 in the searched documents."),
    ):
        html = shown(replace(answer(status="not in the text"), reason="no such place", unresolved=("《刑法》",)), words)
        assert f'<p class="zj-verdict-title">{title}</p><p class="zj-why">{why}</p>' in html
        assert "zj-hits" not in html


def test_what_a_scan_leaves_in_doubt_is_said_at_the_quotation_and_below_the_passage() -> None:
    """The quotation is the second sentence; the note is at it only if the doubt is in it."""
    for words in (ZH, EN):
        for spans, count in (((), 0), ((Span(0, 9),), 1), ((Span(8, 10),), 2)):
            html = shown(answer(hit(passage(TEXT, doubtful=spans), Span(9, 16))), words)
            assert html.count(f"<span>{words.recognised}</span></p>") == count


def test_a_link_that_others_cannot_follow_says_so() -> None:
    copies = {"p1": CopyTexts({"zh": "《规划》"}, "http://127.0.0.1:7860/?p=p1")}
    here = render_answer(answer(hit(passage(TEXT), Span(9, 16))), copies, ZH)
    assert f'data-copy="http://127.0.0.1:7860/?p=p1" title="{ZH.hit.link_here}">' in here
    assert ZH.hit.link_here not in shown(answer(hit(passage(TEXT), Span(9, 16))))


def test_only_the_quotation_of_the_language_of_the_page_is_offered() -> None:
    copies = {"p1": CopyTexts({"quotation_zh": "“甲”", "quotation_en": "“A”", "zh": "《规划》"}, "?p=p1")}
    found = answer(hit(passage(TEXT), Span(9, 16)))
    for words, style, other in ((ZH, "quotation_zh", "quotation_en"), (EN, "quotation_en", "quotation_zh")):
        html = render_answer(found, copies, words)
        assert f'data-style="{style}">{words.hit.styles["quotation"]}</button>' in html
        assert other not in html


def test_text_that_reverses_its_direction_does_not_reach_its_neighbours() -> None:
    assert element("p", "\u202e<b>", join("第一条", "x")) == "<p>\u2068\u202e&lt;b&gt;\u2069第一条x</p>"
