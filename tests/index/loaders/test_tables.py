"""Tables as lines: values with the heads of their columns, merged cells in each row."""

from index.loaders.tables import Cell, column_roles, table_lines, table_rows


def row(*texts: str, head: bool = False) -> list[Cell]:
    return [Cell(text=text, head=head) for text in texts]


def test_values_stand_behind_the_marked_heads_of_their_columns() -> None:
    rows = [row("指标", "2025年", head=True), row("用水量", "30万吨"), row("漏损率", "9%")]
    assert table_lines(rows) == [None, "指标：用水量 | 2025年：30万吨", "指标：漏损率 | 2025年：9%"]


def test_heads_of_several_rows_are_read_together() -> None:
    rows = [
        [Cell(text="Item", rows=2, head=True), Cell(text="Target", columns=2, head=True)],
        row("2025", "2030", head=True),
        row("Water", "3", "4"),
    ]
    assert table_lines(rows) == [None, None, "Item: Water | Target 2025: 3 | Target 2030: 4"]


def test_a_merged_cell_belongs_to_each_row_that_it_spans() -> None:
    rows = [
        row("类别", "指标", "数值", head=True),
        [Cell(text="供水", rows=2), *row("能力", "30")],
        row("漏损", "9"),
        [Cell(text="", above=True), *row("余额", "1")],
    ]
    assert table_lines(rows)[1:] == [
        "类别：供水 | 指标：能力 | 数值：30",
        "类别：供水 | 指标：漏损 | 数值：9",
        "类别：供水 | 指标：余额 | 数值：1",
    ]


def test_the_first_row_is_a_head_if_it_is_short_words_over_values() -> None:
    assert table_lines([row("地区", "2020年", "2025年"), row("江南", "12", "15")])[0] is None
    assert table_lines([row("项目", "供水"), row("地点", "江南")]) == ["项目 | 供水", "地点 | 江南"]
    assert table_lines([row("1", "2", "3"), row("4", "5", "6")]) == ["1 | 2 | 3", "4 | 5 | 6"]


def test_a_head_over_two_columns_is_the_head_of_both() -> None:
    rows = [
        [Cell(text="指标", columns=2), *row("2030年")],
        [Cell(text="供水", rows=2), *row("能力", "30")],
        row("漏损", "9"),
    ]
    assert table_lines(rows) == [None, "指标：供水 | 指标：能力 | 2030年：30", "指标：供水 | 指标：漏损 | 2030年：9"]
    assert table_lines([[Cell(text="表1", columns=2)], row("漏损", "9")]) == ["表1", "漏损 | 9"]


def test_a_head_of_two_rows_that_is_not_marked_is_found_by_its_merged_cells() -> None:
    rows = [
        [Cell(text="指标", rows=2), Cell(text="目标", columns=2)],
        row("2025年", "2030年"),
        row("用水量", "30", "28"),
        row("漏损率", "9%", "8%"),
    ]
    assert table_lines(rows) == [
        None,
        None,
        "指标：用水量 | 目标 2025年：30 | 目标 2030年：28",
        "指标：漏损率 | 目标 2025年：9% | 目标 2030年：8%",
    ]


def test_a_row_of_one_merged_cell_is_a_line_of_its_own() -> None:
    rows = [row("指标", "数值", head=True), [Cell(text="一、供水", columns=2)], row("用水量", "30")]
    assert table_lines(rows) == [None, "一、供水", "指标：用水量 | 数值：30"]


def test_spans_that_no_table_has_are_bounded() -> None:
    [line] = table_lines([[Cell(text="a", columns=10**9, rows=10**9), Cell(text="b")]])
    assert line == "a | b"


def test_a_table_of_heads_alone_keeps_its_words() -> None:
    assert table_lines([row("指标", "数值", head=True)]) == ["指标 | 数值"]
    assert table_lines([]) == []


def test_the_column_whose_cells_all_differ_names_the_rows() -> None:
    texts = [["甲", "1", "东厂", "新建泵房", "30"], ["甲", "2", "西厂", "换管", "40"], ["乙", "3", "南厂", "扩建", "9"]]
    titles = ["区域", "序号", "工程", "内容", "投资"]
    assert column_roles(texts, titles, merged=1) == ["label", "number", "label", "value", "value"]
    same = [["甲区", "东厂", "3"], ["甲区", "西厂", "4"], ["乙区", "南厂", "5"]]
    assert column_roles(same, ["区域", "工程", "投资"]) == ["label", "label", "value"]
    assert column_roles([row[1:] for row in same], ["工程", "投资"]) == ["label", "value"]


def test_a_first_column_that_counts_the_rows_does_not_name_them() -> None:
    texts = [["1", "Trees", "100"], ["2", "Buses", "4"], ["3", "Lamps", "7"]]
    assert column_roles(texts, ["Item", "Goal", "2031"]) == ["number", "label", "value"]
    assert column_roles([[a, c, c] for a, _, c in texts], ["Class", "2030", "2031"]) == ["label", "value", "value"]


def test_a_numbered_name_across_the_other_columns_names_the_rows_below_it() -> None:
    rows = [
        row("序号", "工程", "内容", "投资", head=True),
        [Cell(text="一"), Cell(text="供水", columns=3)],
        row("1", "东厂", "新建泵房", "30"),
        row("2", "西厂", "换管", "40"),
    ]
    read = [each for each in table_rows(rows) if each is not None]
    assert read[0].text == "一 供水"
    assert read[0].row is not None
    assert read[0].row.cells == ()
