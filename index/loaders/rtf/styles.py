"""Style sheet of an RTF file: which styles are headings or lines of a table of contents."""

from dataclasses import dataclass, field

from index.loaders.writing.style_names import heading_level, is_contents


@dataclass(slots=True)
class Style:
    """A paragraph style; ``outline`` is its outline level from 0, ``based_on`` the number of another style."""

    name: str = ""
    outline: int | None = None
    based_on: int | None = None


@dataclass(slots=True)
class StyleSheet:
    """The paragraph styles by number, filled while the file is read."""

    styles: dict[int, Style] = field(default_factory=dict)
    _current: Style = field(default_factory=Style)

    def word(self, word: str, number: int | None) -> None:
        """Take a control word inside the style sheet."""
        if word in ("s", "cs", "ds", "ts"):
            self._current = Style()
            if word == "s":
                self.styles[number or 0] = self._current
        elif word == "outlinelevel":
            self._current.outline = number
        elif word == "sbasedon":
            self._current.based_on = number

    def text(self, text: str) -> None:
        """Take text inside the style sheet: the name of the style."""
        name, end, _ = text.partition(";")
        self._current.name = (self._current.name + name).strip()
        if end:
            self._current = Style()

    def level(self, number: int | None) -> int:
        """Return the level of a heading style, 0 for other styles."""
        for style in self._chain(number):
            if level := heading_level(style.name):
                return level
            if style.outline is not None:
                return style.outline + 1 if 0 <= style.outline < 9 else 0
        return 0

    def is_contents(self, number: int | None) -> bool:
        """Return whether the style is that of a line in a table of contents."""
        return any(is_contents(style.name) for style in self._chain(number))

    def _chain(self, number: int | None) -> list[Style]:
        found: dict[int, Style] = {}
        while number is not None and number in self.styles and number not in found:
            found[number] = self.styles[number]
            number = found[number].based_on
        return list(found.values())
