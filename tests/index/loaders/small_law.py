"""A small law written for the tests, rendered as txt, md, html, docx and pdf; see also ``law_files``."""

import io
import re
from pathlib import Path
from typing import NamedTuple

import docx
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fpdf import FPDF
from fpdf.enums import WrapMode
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph as Flowing
from reportlab.platypus import SimpleDocTemplate

LAW = """\
古井保护条例
（2031年3月2日江南市人民代表大会常务委员会第五次会议通过 根据2033年6月8日江南市人民代表大会常务委员会第十九次会议《关于修改〈古井保护条例〉的决定》修正）
第一章 总则
第一条 为了加强古井的保护、管理和合理利用，传承与古井有关的历史文化，维护饮用水源的安全，根据有关法律、行政法规，结合本市实际，制定本条例。
第二条 本市行政区域内古井的普查、认定、保护、利用和监督管理活动，适用本条例。
本条例所称古井，是指建造于一百年以前、井壁或者井台保存基本完好的水井，包括仍在使用的水井和已经干涸但是具有历史、艺术、科学价值的水井。
第三条 古井保护应当遵循保护为主、合理利用、公众参与的原则，不得擅自填埋、迁移或者改变古井的原有结构。
第三条之一 任何单位和个人都有保护古井的义务，有权对损害古井的行为进行劝阻、检举和控告。
第四条 市、区人民政府应当加强对古井保护工作的领导，将古井保护经费列入本级财政预算，并建立以下制度：
（一）古井普查制度；
（二）古井水质监测制度，监测结果每季度向社会公布一次；
（三）古井保护责任人制度。
前款规定的具体办法，由市人民政府另行制定。
第五条 市文物主管部门负责全市古井保护的指导和监督。水务、规划、生态环境等部门按照各自职责，做好古井保护的相关工作。
第二章 普查与认定
第一节 普查
第六条 区文物主管部门应当每5年组织一次古井普查，登记古井的位置、年代、深度、水位和保存状况，并建立古井档案。
第七条 普查人员进入居民院落进行测量，应当出示证件，并事先征得居民的同意。居民应当予以配合。
第八条 在建设工程施工中发现古井的，施工单位应当立即停止施工，保护现场，并在24小时内报告所在地的区文物主管部门。
区文物主管部门接到报告后，应当在3日内到现场勘察，提出处理意见。
第二节 认定
第九条 符合下列条件之一的水井，可以认定为古井：
（一）建造年代有碑刻、方志或者其他文献可以考证的；
（二）井台、井圈或者井壁的形制具有地方特色的；
（三）与重要历史事件、历史人物有关的；
（四）其他具有较高历史、艺术、科学价值的。
第十条 区文物主管部门提出古井建议名录，经专家评审并向社会公示后，报区人民政府批准公布。公示时间不得少于20日。
第十一条 古井名录实行动态管理。经批准公布的古井，不得擅自从名录中撤销；因灾害等原因灭失的，由区文物主管部门核实以后报区人民政府决定。
第三章 保护与利用
第十二条 古井所在地的区人民政府应当自古井名录公布之日起60日内设立保护标志。保护标志应当载明古井的名称、年代、编号和保护责任人。
第十三条 古井的所有权人、使用权人为保护责任人；所有权人、使用权人不明的，由所在地的居民委员会或者村民委员会担任保护责任人。
第十四条 保护责任人应当履行下列义务：
（一）保持古井及其周边环境的整洁；
（二）发现古井有坍塌、污染等危险的，及时采取措施并且报告；
（三）配合有关部门进行的测量、监测和修缮。
第十五条 在古井周围10米的范围内，禁止下列行为：
（一）堆放垃圾、粪便和有毒有害物品；
（二）挖沙、取土、爆破、钻探；
（三）排放污水，或者设置渗水的厕所、渗水坑；
（四）其他可能损害古井或者污染井水的行为。
因特殊需要在前款规定的范围内进行工程建设的，应当事先征求区文物主管部门的意见，并采取有效的保护措施。
第十六条 修缮古井应当遵守不改变原状的原则，使用与原有材料相同或者相近的材料，并由具有相应经验的单位承担。
第十七条 鼓励居民继续使用水质达到标准的古井。有关部门应当在井边公示最近一次的水质监测结果。
第十八条 鼓励单位和个人以捐赠、认领等方式参与古井的保护。认领古井的，可以在保护标志上署名。
第四章 法律责任
第十九条 违反本条例第十五条第一款规定的，由区文物主管部门责令改正，给予警告；造成损害的，处二千元以上二万元以下的罚款。
第二十条 违反本条例第八条规定，发现古井不报告或者继续施工的，责令停止施工，并处五万元以上五十万元以下的罚款。
第二十一条 擅自填埋、迁移古井的，责令恢复原状；不能恢复原状的，处十万元以上一百万元以下的罚款。
第二十二条 国家工作人员在古井保护工作中滥用职权、玩忽职守、徇私舞弊的，依法给予处分；构成犯罪的，依法追究刑事责任。
第五章 附则
第二十三条 建造不足一百年但是具有重要保护价值的水井，参照本条例的规定进行保护。
第二十四条 本条例自2031年5月1日起施行。1998年7月1日公布的《古井管理办法》同时废止。
"""  # noqa: E501 - the lines of a law

_MARK = re.compile(r"(第[一二三四五六七八九十]+(章|节|条)(?:之[一二三])?)\s+|(（[一二三四]）)")


class Part(NamedTuple):
    """A paragraph of the law: its kind (题 注 章 节 条 款 项), its number and the rest of the text."""

    kind: str
    number: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.number}　{self.text}" if self.kind in "章节条" else self.number + self.text


def parts() -> list[Part]:
    title, note, *rest = LAW.splitlines()
    found = [Part("题", "", title), Part("注", "", note)]
    for line in rest:
        mark = _MARK.match(line)
        if mark is None:
            found.append(Part("款", "", line))
        else:
            found.append(Part(mark.group(2) or "项", mark.group(1) or mark.group(3), line[mark.end() :]))
    return found


def as_txt() -> bytes:
    return "\r\n".join((part.whole if part.kind in "题注章节" else "　　" + part.whole) for part in parts()).encode(
        "gb18030"
    )


def as_markdown() -> bytes:
    marks = {"题": "# ", "章": "## ", "节": "### ", "项": "- "}
    lines = ["---", "title: 古井", "date: 2031-03-02", "---"]
    for part in parts():
        text = f"**{part.number}** {part.text}" if part.kind == "条" else part.whole
        lines += [marks.get(part.kind, "") + text, ""]
    return "\n".join(lines).encode()


def as_html() -> bytes:
    tags = {"题": "h1", "章": "h2", "节": "h3"}
    body = "\n".join(f"<{tags.get(p.kind, 'p')}>{p.whole}</{tags.get(p.kind, 'p')}>" for p in parts())
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>古井_法规</title>
<style>p {{ text-indent: 2em }}</style></head><body><div class="nav"><a href="/">首页</a> <a href="/b">法规</a></div>
<div class="content">{body}</div><script>var a = "<p>第一条</p>";</script><div id="footer">版权所有</div></body></html>
""".encode("gb18030")


def saved(word: Word) -> bytes:
    target = io.BytesIO()
    word.save(target)
    return target.getvalue()


def as_plain_docx() -> bytes:
    word = docx.Document()
    word.core_properties.title = ""
    for part in parts():
        word.add_paragraph(part.whole)
    return saved(word)


def as_styled_docx() -> bytes:
    word = docx.Document()
    styles = {"题": "Title", "章": "Heading 1", "节": "Heading 2"}
    for part in parts():
        word.add_paragraph(part.whole, style=styles.get(part.kind))
    return saved(word)


# 第一章, 第一节 (restarts in each chapter), 第一条 (never restarts) and （一） (restarts in each article)
_NUMBERING = """<w:numbering {ns}>
  <w:abstractNum w:abstractNumId="7"><w:multiLevelType w:val="multilevel"/>
    <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1章"/></w:lvl>
    <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%2节"/></w:lvl>
    <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlRestart w:val="0"/>
      <w:suff w:val="space"/><w:lvlText w:val="第%3条"/></w:lvl>
    <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/>
      <w:lvlText w:val="（%4）"/></w:lvl>
  </w:abstractNum>
  <w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>
</w:numbering>"""
_LEVELS = {"章": 0, "节": 1, "条": 2, "项": 3}


def number_with(word: Word, numbering: str) -> None:
    """Replace the lists of the template of python-docx."""
    root = word.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    for child in list(parse_xml(numbering.format(ns=nsdecls("w")))):
        root.append(child)


def put_in_list(paragraph: Paragraph, level: int, number: int = 3) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().set(qn("w:val"), str(level))
    properties.get_or_add_numId().set(qn("w:val"), str(number))


def as_numbered_docx() -> bytes:
    word = docx.Document()
    number_with(word, _NUMBERING)
    for part in parts():
        if part.kind in _LEVELS and "之" not in part.number:
            put_in_list(word.add_paragraph(part.text), _LEVELS[part.kind])
        else:
            word.add_paragraph(part.whole)
    return saved(word)


_SERIF = "STSong-Light"  # a standard font of PDF readers, so that no font file is needed
_SIZE = 12  # points


def as_pdf() -> bytes:
    """Render the law as in print: centred title, paragraphs indented by two characters, numbered pages."""
    pdfmetrics.registerFont(UnicodeCIDFont(_SERIF))
    body = ParagraphStyle(
        "body", fontName=_SERIF, fontSize=_SIZE, leading=20, firstLineIndent=2 * _SIZE, wordWrap="CJK"
    )
    middle = ParagraphStyle("middle", parent=body, alignment=TA_CENTER, firstLineIndent=0, spaceBefore=8, spaceAfter=8)
    title = ParagraphStyle("title", parent=middle, fontSize=20, leading=30)
    styles = {"题": title, "章": middle, "节": middle}
    target = io.BytesIO()
    template = SimpleDocTemplate(target, pagesize=(420, 595), topMargin=70, bottomMargin=70, title="古井保护条例")
    flow = [Flowing(part.whole, styles.get(part.kind, body)) for part in parts()]
    template.build(flow, onFirstPage=_running, onLaterPages=_running)
    return target.getvalue()


def _running(canvas: Canvas, template: SimpleDocTemplate) -> None:
    canvas.setFont(_SERIF, 9)
    canvas.drawString(72, 555, "江南市法规汇编　古井保护条例")
    canvas.drawCentredString(210, 35, f"— {template.page} —")


def write_font(path: Path, text: str = "") -> Path:
    """Write a TrueType font with a square for each character of a text, so that no installed font is needed.

    Without one, the text is the law.
    """
    text = text or "".join(part.whole for part in parts())
    characters = sorted({ord(character) for character in text + "0123456789"})
    names = {code: f"uni{code:04X}" for code in characters}
    pen = TTGlyphPen(None)
    for step, corner in enumerate(((100, 0), (100, 800), (900, 800), (900, 0))):
        (pen.lineTo if step else pen.moveTo)(corner)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(unitsPerEm=1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], square))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (1000, 100)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular", "psName": "Squares-Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


def as_pdf_with_embedded_font(font: Path) -> bytes:
    """Render the law with an embedded font, indents of full-width spaces and bare page numbers."""

    class Numbered(FPDF):
        def footer(self) -> None:
            self.set_y(-15)
            self.set_font("font", size=9)
            self.cell(0, 10, str(self.page_no()), align="R")

    pdf = Numbered(format=(148, 210))
    pdf.add_font("font", fname=font)
    pdf.set_auto_page_break(True, margin=20)
    pdf.add_page()
    for part in parts():
        middle = part.kind in "题章节"
        pdf.set_font("font", size=18 if part.kind == "题" else _SIZE)
        text = part.whole if middle else "　　" + part.whole
        pdf.multi_cell(0, 7, text, align="C" if middle else "L", wrapmode=WrapMode.CHAR, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())
