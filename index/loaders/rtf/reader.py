"""Loader for rich text (RTF): paragraphs, headings, tables and notes.

striprtf, the library for this, leaves out footnotes and text boxes, and knows neither headings nor columns.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from index.errors import DocumentError
from index.loaders.rtf.control_words import CHARACTERS, ENTERED, PARAGRAPH_ENDS, SKIPPED, SYMBOLS, list_number
from index.loaders.rtf.styles import StyleSheet
from index.loaders.rtf.tables import ROW_WORDS, OpenTables
from index.loaders.rtf.tokens import Token, Tokenizer
from index.loaders.source import Block, SourceText, compose_source, strip_blank
from index.loaders.writing.style_names import left_out_contents, real_title

_MAX_DEPTH = 1000  # of groups; word processors nest some ten
_MAX_TABLES = 20  # in each other


@dataclass(slots=True)
class _State:
    """What a group inherits from the one around it."""

    target: str = "body"  # or: skipped, info, title, styles, note, label, box, nested
    replaced: str = ""  # the target of a group that is skipped for its Unicode form, which follows inside
    hidden: bool = False
    deleted: bool = False
    marked: bool = False  # \* has been read: the destination may be skipped


@dataclass(slots=True)
class _Paragraph:
    """Text and properties of the paragraph that is being read."""

    parts: list[str] = field(default_factory=list)
    label: str = ""  # number or bullet of a list
    notes: list[list[str]] = field(default_factory=list)
    boxes: list[Block] = field(default_factory=list)  # of text boxes, which follow their paragraph
    style: int | None = None
    outline: int | None = None
    depth: int = 0  # of tables in each other


def load(data: bytes, name: str) -> SourceText:
    """Load a rich text file: one line for each paragraph, table row and note. Raises DocumentError."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise DocumentError(f"{name} is not rich text (RTF) by its content; give the file its right ending")
    reader = _Reader()
    try:
        blocks = list(reader.blocks(Tokenizer(data.lstrip()).tokens()))
    except _TooDeepError as error:
        raise DocumentError(
            f"{name} is damaged (its groups nest deeper than {_MAX_DEPTH:,}); open it in a word processor and save it "
            "as docx"
        ) from error
    source = compose_source(blocks, real_title(strip_blank(_mended(reader.title))))
    if not source.lines:
        raise DocumentError(f"{name} holds no text, perhaps only pictures; give a document with text in it")
    return replace(source, left_out=left_out_contents(reader.contents))


class _TooDeepError(Exception):
    """Groups nest deeper than any program writes them."""


def _mended(text: str) -> str:
    """Return a text with its pairs of surrogates, which RTF writes as two characters, joined."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Reader:
    """A single pass through a file."""

    def __init__(self) -> None:
        self.title = ""
        self.contents: list[str] = []
        self._styles = StyleSheet()
        self._state = _State()
        self._stack: list[_State] = []
        self._paragraph = _Paragraph()
        self._tables = OpenTables()
        self._note_count = 0
        self._boxes: list[_Paragraph] = []  # paragraphs around the text boxes that are open
        self._words: Mapping[str, Callable[[int | None], None]] = {
            "pard": self._reset, "plain": self._plain, "v": self._hide, "deleted": self._delete, "s": self._set_style,
            "outlinelevel": self._set_outline, "intbl": self._set_table,
            "itap": self._set_depth,
        }  # fmt: skip

    def blocks(self, tokens: Iterator[Token]) -> Iterator[Block]:
        """Yield the blocks of the document."""
        for token in tokens:
            if token.kind == "open":
                self._open()
            elif token.kind == "close":
                self._close()
            elif token.kind == "text":
                self._text(token.text)
            elif token.kind == "symbol":
                yield from self._symbol(token.text)
            else:
                yield from self._word(token.text, token.number)
        yield from self._end_paragraph()
        yield from self._tables.finish()

    def _open(self) -> None:
        if len(self._stack) >= _MAX_DEPTH:
            raise _TooDeepError
        self._stack.append(self._state)
        self._state = replace(self._state, marked=False)

    def _close(self) -> None:
        before, self._state = self._state, self._stack.pop() if self._stack else _State()
        if before.target == "box" != self._state.target:
            around = self._boxes.pop()
            around.boxes += [*self._taken(), Block(text="")]
            self._paragraph = around

    def _text(self, text: str) -> None:
        state = self._state
        if state.target in ("body", "box") and not state.hidden and not state.deleted:
            self._paragraph.parts.append(text)
        elif state.target == "note":
            self._paragraph.notes[-1].append(text)
        elif state.target == "label":
            self._paragraph.label += text
        elif state.target == "title":
            self.title += text
        elif state.target == "styles":
            self._styles.text(text)

    def _symbol(self, symbol: str) -> Iterator[Block]:
        if symbol == "*":
            self._state.marked = True
        elif symbol in "\r\n":
            yield from self._word("par", None)
        elif symbol in SYMBOLS:
            self._text(SYMBOLS[symbol])

    def _word(self, word: str, number: int | None) -> Iterator[Block]:
        marked, self._state.marked = self._state.marked, False
        if word == "ud" and self._state.replaced:
            self._state.target = self._state.replaced
        elif self._state.target == "skipped" or self._enters(word, marked):
            return
        elif self._state.target == "styles":
            self._styles.word(word, number)
        elif word in CHARACTERS:
            self._text(CHARACTERS[word])
        elif word in PARAGRAPH_ENDS:
            yield from self._end_paragraph()
        elif self._state.target != "note":
            self._property(word, number)

    def _property(self, word: str, number: int | None) -> None:
        """Take a control word that sets properties or ends a cell."""
        inner = max(self._paragraph.depth, 2)  # tables nest in each other from the second on
        if word in self._words:
            self._words[word](number)
        elif word in ("cell", "nestcell"):
            self._tables.end_cell(self._taken(), 1 if word == "cell" else inner)
        elif word in ("row", "nestrow"):
            self._tables.end_row(1 if word == "row" else inner)
        elif word in ROW_WORDS:
            self._tables.define(word, number, inner if self._state.target == "nested" else 1)

    def _enters(self, word: str, marked: bool) -> bool:
        """Return whether a control word begins a destination, and enter it."""
        state = self._state
        properties = word.startswith("m") and word.endswith("Pr")  # of formulas
        if word in SKIPPED or properties or (marked and word not in ENTERED):
            state.target = "skipped"
        elif word == "upr":
            state.target, state.replaced = "skipped", state.target
        elif word in ("listtext", "pntext") and state.target in ("body", "box"):
            state.target = "label"
        elif word == "nesttableprops":
            state.target = "nested"
        elif word == "info":
            state.target = "info"
        elif word == "title" and state.target == "info":
            state.target = "title"
        elif word == "stylesheet":
            state.target = "styles"
        elif word == "footnote" and state.target in ("body", "box"):
            state.target = "note"
            self._paragraph.notes.append([])
        elif word in ("shptxt", "dptxbxtext") and state.target == "body":
            state.target = "box"
            self._boxes.append(self._paragraph)
            self._paragraph.boxes.append(Block(text=""))
            self._paragraph = _Paragraph()
        else:
            return False
        return True

    def _reset(self, _number: int | None) -> None:
        self._paragraph.style = self._paragraph.outline = None
        self._paragraph.depth = 0

    def _plain(self, _number: int | None) -> None:
        self._state.hidden = self._state.deleted = False

    def _hide(self, number: int | None) -> None:
        self._state.hidden = number != 0

    def _delete(self, number: int | None) -> None:
        self._state.deleted = number != 0

    def _set_style(self, number: int | None) -> None:
        self._paragraph.style = number

    def _set_outline(self, number: int | None) -> None:
        self._paragraph.outline = number

    def _set_table(self, _number: int | None) -> None:
        self._paragraph.depth = max(self._paragraph.depth, 1)

    def _set_depth(self, number: int | None) -> None:
        self._paragraph.depth = min(max(number or 0, 0), _MAX_TABLES)

    def _end_paragraph(self) -> Iterator[Block]:
        if self._state.target == "note":
            self._text(" ")
            return
        depth, blocks = self._paragraph.depth, self._taken()
        if self._boxes:
            self._boxes[-1].boxes += blocks
            return
        yield from self._tables.add(blocks, depth)

    def _taken(self) -> list[Block]:
        """Return the blocks of the paragraph, whose properties the next one keeps."""
        read = self._paragraph
        self._paragraph = _Paragraph(style=read.style, outline=read.outline, depth=read.depth)
        if self._styles.is_contents(read.style):
            self.contents.append(_mended("".join(read.parts)))
            return read.boxes
        outline = read.outline
        level = self._styles.level(read.style) if outline is None else outline + 1 if 0 <= outline < 9 else 0
        text = list_number(read.label) + _mended("".join(read.parts))
        blocks = [Block(text=line, level=level) for line in text.split("\n")]
        for note in read.notes:
            if text := strip_blank(_mended("".join(note))):
                self._note_count += 1
                blocks += [Block(text=""), Block(text=f"［注{self._note_count}］{text}"), Block(text="")]
        return blocks + read.boxes
