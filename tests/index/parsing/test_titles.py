"""Titles of several lines."""

import pytest

from index.parsing.structure import read_document

ARTICLES = "Art. 1. One.\nArt. 2. Two.\n"
CHINESE_ARTICLES = "第一条 一。\n第二条 二。\n"


def title(text: str, name: str = "x.txt") -> str:
    """Return the title, having checked that its lines are in no passage."""
    document = read_document(text.encode(), name)
    assert not any(p.text in document.title for p in document.passages)
    return document.title


@pytest.mark.parametrize(
    "lines",
    [
        ["USTAWA", "z dnia 7 lipca 1994 r.", "Prawo budowlane"],
        ["USTAWA", "z dnia 3 maja 2010 r.", "o ochronie zwierząt oraz o zmianie", "innych ustaw"],
        ["ROZPORZĄDZENIE", "MINISTRA ZDROWIA", "z dnia 3 maja 2010 r.", "w sprawie szczepień"],
        ["LEI N.º 12/2010", "de 3 de maio", "Altera o Código das Águas"],
        ["LUẬT", "AN TOÀN THỰC PHẨM"],
        ["NGHỊ ĐỊNH", "QUY ĐỊNH CHI TIẾT THI HÀNH", "MỘT SỐ ĐIỀU CỦA LUẬT"],
        [
            *("UNDANG-UNDANG REPUBLIK INDONESIA", "NOMOR 11 TAHUN 2012", "TENTANG"),
            *("SISTEM PERADILAN PIDANA", "ANAK"),
        ],
        ["LEGGE 7 agosto 1990, n. 241", "Nuove norme in materia di acque"],
        ["LOI n° 2012-387 du 22 mars 2012", "relative à la simplification du droit"],
        ["LEY ORGÁNICA 3/2018", "de 5 de diciembre", "de Protección de Datos"],
        ["Bundesgesetz", "über den Datenschutz", "vom 25. September 2020"],
        ["Gesetz über die Ordnung", "der Brunnen und Quellen"],
        ["ФЕДЕРАЛЬНЫЙ ЗАКОН", "О защите прав потребителей"],
        ["ЗАКОН УКРАЇНИ", "Про охорону праці"],
        ["ZÁKON", "ze dne 3. března 1992", "o ochraně přírody"],
    ],
)
def test_lines_of_one_title(lines: list[str]) -> None:
    for above in ([], ["PARLIAMENT OF THE TOWN"]):
        assert title("\n".join([*above, *lines, ARTICLES])) == " ".join(lines)


@pytest.mark.parametrize(
    "lines",
    [
        ["云溪市国民经济和社会发展", "第十四个五年规划和2035年远景目标纲要"],
        ["云溪市人民政府办公室关于印发", "《云溪市供水办法》的通知"],
        ["云溪市人民政府", "关于加强节水工作的意见"],
    ],
)
def test_lines_of_one_chinese_title(lines: list[str]) -> None:
    assert title("\n".join([*lines, CHINESE_ARTICLES])) == "".join(lines)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REGULATION (EU) 2031/7 OF THE COUNCIL\nof 1 May 2031\non apples\n", "REGULATION (EU) 2031/7 OF THE COUNCIL"),
        ("Water Act 1998\nThe wells\n", "Water Act 1998"),
        ("LUẬT\nQuốc hội ban hành Luật này.\n", "LUẬT"),
        ("LEI Nº 8, DE 11 DE MAIO DE 1990\nDispõe sobre a água.\n", "LEI Nº 8, DE 11 DE MAIO DE 1990"),
        ("LEY\nLos pozos que la ley\nprotege son publicos.\n", "LEY"),
        ("LEY\nLos pozos que la ley protege\ny cuida:\n", "LEY"),
        ("SU KANUNU\nKanun Numarası: 5237\n", "SU KANUNU"),
        ("UNDANG-UNDANG\nTENTANG\nAIR\nDENGAN RAHMAT TUHAN\n", "UNDANG-UNDANG TENTANG AIR"),
        ("云溪市人民政府令\n云溪市供水条例\n", "云溪市供水条例"),
        ("云溪市人民代表大会常务委员会\n云溪市供水条例\n", "云溪市供水条例"),
        ("云溪市国民经济和社会发展\n\n第十四个五年规划纲要\n", "第十四个五年规划纲要"),
        ("个人信息之保护法律第五号\n个人信息保护条例\n", "个人信息保护条例"),
        (
            "Status: In force.\nChanges to the text: " + "all of them " * 20 + "\nWater Act 1998\nWater.\n",
            "Water Act 1998",
        ),
        ("AYUNTAMIENTO DE FUENTES\nORDENANZA DEL AGUA\nUna.\n", "ORDENANZA DEL AGUA"),
        (
            "云溪市人民政府令\n第3号\n《云溪市供水办法》已经市政府会议通过，现予公布。\n市长　某某\n云溪市供水办法\n",
            "云溪市供水办法",
        ),
        ("云溪市人民政府公告\n《云溪市供水规则》现予公布。\n", "云溪市人民政府公告"),
    ],
)
def test_lines_that_are_not_of_the_title(text: str, found: str) -> None:
    assert read_document(f"{text}{ARTICLES}".encode(), "x.txt").title == found


def test_headings_of_one_level_are_one_title() -> None:
    assert title(f"# USTAWA\n\n# o ochronie zwierząt\n\n{ARTICLES}", "x.md") == "USTAWA o ochronie zwierząt"


def test_the_first_part_of_a_text_is_not_its_title() -> None:
    text = "Water in Brookfield 2031–2040\n\n# Foreword\n\nWater is good.\n\n# 1 Where we stand\n\nThere is water.\n"
    assert title(text, "x.md") == "Water in Brookfield 2031–2040"
