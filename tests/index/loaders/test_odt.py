"""OpenDocument texts: numbers, tables, notes, spaces and text boxes."""

import pytest

from index.errors import DocumentError
from index.loaders import load
from index.records import LeftOut
from tests.index.loaders.law_files import odt, zipped
from tests.index.loaders.test_formats import texts


def lines(body: str, styles: str = "", **members: str) -> list[str]:
    return texts(load(odt(body, styles, **members), "x.odt"))


def test_spaces_breaks_notes_and_shapes_are_read_and_comments_are_not() -> None:
    body = "<text:note-body><text:p>注文</text:p></text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{body}</text:note>"
    frame = "<drawing:frame><drawing:text-box><text:p>框中</text:p></drawing:text-box></drawing:frame>"
    ruby = "<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>かん</text:ruby-text></text:ruby>"
    assert lines(
        f'<text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d{note}<office:annotation><text:p>x</text:p>'
        f"</office:annotation>{frame}，{ruby}字</text:p><text:p>下段</text:p>"
    ) == ["a  b c", "d，漢字", "［注1］注文", "框中", "下段"]


def test_contents_deleted_text_and_hidden_text_are_left_out() -> None:
    hidden = (
        '<style:style style:name="T" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    contents = '<style:style style:name="C" style:display-name="Contents 1" style:family="paragraph"/>'
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>旧</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:table-of-content><text:index-body><text:p>第一章 1</text:p>"
        '</text:index-body></text:table-of-content><text:p text:style-name="C">第二章 2</text:p>'
        '<text:section><text:p>正<text:span text:style-name="T">暗</text:span>文</text:p></text:section>'
    )
    source = load(odt(body, hidden + contents), "x.odt")
    assert texts(source) == ["正文"]
    assert source.left_out == (LeftOut(reason="contents", lines=("第一章 1", "第二章 2")),)


def test_styles_make_headings() -> None:
    styles = (
        '<style:style style:name="Title" style:family="paragraph"/>'
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
        '<style:style style:name="H" style:display-name="Heading 2" style:family="paragraph"/>'
    )
    body = (
        '<text:p text:style-name="P1">规划</text:p><text:p text:style-name="H">目标</text:p>'
        '<text:h text:outline-level="3">节</text:h>'
    )
    meta = "<a><meta><title>某规划</title></meta></a>"
    source = load(odt(body, styles, **{"meta.xml": meta}), "x.odt")
    assert [(line.text, line.level) for line in source.lines] == [("规划", 1), ("目标", 2), ("节", 3)]
    assert source.metadata == {"title": "某规划"}


_LISTS = """<text:list-style style:name="L">
<text:list-level-style-number text:level="1" style:num-suffix="." style:num-format="1" text:start-value="3"/>
<text:list-level-style-number text:level="2" style:num-format="a" text:display-levels="2" style:num-suffix=")">
<style:list-level-properties><style:list-level-label-alignment text:label-followed-by="nothing"/>
</style:list-level-properties></text:list-level-style-number>
<text:list-level-style-bullet text:level="3" text:bullet-char="•"/></text:list-style>
<text:outline-style style:name="Outline"><text:outline-level-style text:level="1" style:num-prefix="第"
 style:num-suffix="章" style:num-format="一, 二, 三, ..."/></text:outline-style>"""


def item(text: str, inner: str = "", **attributes: str) -> str:
    stated = "".join(f' text:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<text:list-item{stated}><text:p>{text}</text:p>{inner}</text:list-item>"


def test_lists_and_headings_are_numbered() -> None:
    point = f"<text:list>{item('点')}</text:list>"
    deep = f"<text:list>{item('乙', point)}{item('丙')}</text:list>"
    begin, header = '<text:list text:style-name="L"', "<text:list-header><text:p>头</text:p></text:list-header>"
    first = f'{begin} xml:id="one">{item("甲", "<text:p>续</text:p>" + deep)}{item("丁")}</text:list>'
    chapter = '<text:h text:outline-level="1">总则</text:h>'
    more = f'{begin} text:continue-list="one">{item("戊")}{item("己", start_value="9")}</text:list>'
    again = f"{begin}>{header}{item('庚')}</text:list>"
    last = f'{begin} text:continue-numbering="true">{item("辛")}</text:list>'
    assert lines(chapter + first + chapter + more + again + last, _LISTS) == [
        "第一章 总则", "3. 甲", "续", "3.a)乙", "点", "3.b)丙", "4. 丁", "第二章 总则", "5. 戊", "9. 己", "头", "3. 庚",
        "4. 辛",
    ]  # fmt: skip


def test_tables_say_what_their_columns_are() -> None:
    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(text: str, **spans: int) -> str:
        stated = "".join(f' table:number-{name}-spanned="{count}"' for name, count in spans.items())
        return f"<table:table-cell{stated}><text:p>{text}</text:p></table:table-cell>"

    covered = "<table:covered-table-cell/>"
    table = (
        f"<table:table-header-rows>{row(cell('指标', columns=2), covered, cell('2030年'))}</table:table-header-rows>"
        f"{row(cell('水', rows=2), cell('水位'), cell('3'))}{row(covered, cell('漏损率'), cell('8%'))}"
        f"{row(cell('面积', columns=2), covered, cell('6'))}"
    )
    assert lines(f"<text:p>前</text:p><table:table>{table}</table:table><text:p>后</text:p>") == [
        "前", "指标：水 | 指标：水位 | 2030年：3", "指标：水 | 指标：漏损率 | 2030年：8%", "指标：面积 | 2030年：6",
        "后",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (odt("<text:p/>"), "holds no text"),
        (zipped({"content.xml": "<a><body><spreadsheet/></body></a>"}), "is no text but another OpenDocument file"),
        (zipped({"content.xml": "<a", "mimetype": "x"}), r"is damaged \(content.xml: .* save it as odt again"),
        (
            odt("<text:p>a</text:p>", **{"META-INF/manifest.xml": "<a><encryption-data/></a>"}),
            "protected by a password",
        ),
        (odt("<text:section>" * 5000 + "</text:section>" * 5000), "nests too deeply"),
    ],
)
def test_unreadable_files_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        load(data, "x.odt")
