"""A writer of Word 97-2003 documents: plain paragraphs in a compound file, as little as the format allows."""

import struct

from tests.index.loaders.small_law import parts

_SECTOR = 512
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_TEXT_AT = 1024  # in the main stream, behind the file information block
# indexes among the pairs of offset and length
_PROPERTIES, _CLX = 13, 33


def old_word(text: str, properties: bytes = b"") -> bytes:
    """Return a document of paragraphs that end with a carriage return.

    All have the same properties, an even number of bytes.
    """
    pieces = struct.pack("<2I", 0, len(text)) + struct.pack("<HIH", 0, _TEXT_AT, 0)
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    pairs = {_CLX: (0, len(table))}
    encoded = text.encode("utf-16-le")
    if properties:  # a page of them behind the text: for which part of it, where they stand, how long they are
        page = -(-(_TEXT_AT + len(encoded)) // _SECTOR)
        part = struct.pack("<2I", _TEXT_AT, _TEXT_AT + len(encoded))
        pairs[_PROPERTIES] = (len(table), 12)
        table += part + struct.pack("<I", page)
        own = bytes([len(properties) // 2 + 2]) + bytes(2) + properties + b"\xaa"  # filled up to an even number
        encoded = encoded.ljust(page * _SECTOR - _TEXT_AT, b"\0") + part + bytes([50]) + bytes(12)
        encoded = encoded.ljust(page * _SECTOR - _TEXT_AT + 100, b"\0") + own
        encoded = encoded.ljust((page + 1) * _SECTOR - _TEXT_AT - 1, b"\0") + b"\x01"
    longs = [0, 0, 0, len(text), *[0] * 18]
    block = struct.pack("<HHHHHHHIBB12x", 0xA5EC, 0xC1, 0, 0x0804, 0, 0x1200, 0xBF, 0, 0, 0)
    block += struct.pack("<H28x", 14) + struct.pack("<H22I", 22, *longs)
    block += (
        struct.pack("<H", 93)
        + b"".join(struct.pack("<2I", *pairs.get(at, (0, 0))) for at in range(93))
        + struct.pack("<H", 0)
    )
    main = block.ljust(_TEXT_AT, b"\0") + encoded
    return compound_file({"WordDocument": main, "1Table": table})


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Return a compound file with streams of at least 4,096 bytes, so that no small sectors are needed."""
    chains: list[int] = []  # the next sector of each
    body, entries = b"", []
    for at, (name, content) in enumerate(streams.items(), 1):
        size = max(len(content), 4096)
        count = -(-size // _SECTOR)
        entries.append(_entry(name, 2, len(chains), size, right=at + 1 if at < len(streams) else _NONE))
        chains += [*range(len(chains) + 1, len(chains) + count), _END]
        body += content.ljust(count * _SECTOR, b"\0")
    directory = _entry("Root Entry", 5, _END, 0, child=1) + b"".join(entries)
    count, start = -(-len(directory) // _SECTOR), len(chains)
    chains += [*range(start + 1, start + count), _END]
    body += directory.ljust(count * _SECTOR, b"\0")
    fats = 1
    while fats * _SECTOR // 4 < len(chains) + fats:
        fats += 1
    places = list(range(len(chains), len(chains) + fats))
    chains += [_FAT] * fats
    chains += [_FREE] * (fats * _SECTOR // 4 - len(chains))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, fats, start, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *places, *[_FREE] * (109 - fats))
    return header + body + struct.pack(f"<{len(chains)}I", *chains)


def _entry(name: str, kind: int, start: int, size: int, *, right: int = _NONE, child: int = _NONE) -> bytes:
    label = (name + "\0").encode("utf-16-le")
    head = label.ljust(64, b"\0") + struct.pack("<HBB3I", len(label), kind, 1, _NONE, right, child)
    return head + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)


def as_doc() -> bytes:
    return old_word("".join(part.whole + "\r" for part in parts()))
