"""Large files: the parsing process has memory in proportion to them, and sends their documents in parts."""

import json
import sys

import pytest

from index.errors import DocumentError
from index.parsing.process import DocumentReader
from index.parsing.serialization import document_to_json, json_parts
from index.parsing.structure import read_document
from index.parsing.worker import MEGABYTE, ProcessLimits
from index.text.numerals import to_chinese

LAW = "示例法\n" + "".join(f"第{to_chinese(n)}条　{'节约用水，人人有责。' * 8}\n" for n in range(1, 25_000))  # 6 MB
LIMITS = ProcessLimits(memory=120 * MEGABYTE, memory_per_byte=40)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is that of Linux")
def test_a_large_text_gets_the_memory_that_it_needs() -> None:
    with DocumentReader(LIMITS) as reader:
        assert len(reader.read(LAW.encode(), "law.txt").passages) == 24_999
        assert reader.read("一段。\n又一段。\n".encode(), "small.txt").passages
        assert reader._worker is not None
        assert reader._worker.limits.memory == LIMITS.memory  # only the large file had more
    with DocumentReader(LIMITS._replace(memory_per_byte=0)) as reader, pytest.raises(DocumentError, match="memory"):
        reader.read(LAW.encode(), "law.txt")


def test_a_document_in_parts_is_the_same_json() -> None:
    document = read_document(LAW[:5000].encode(), "law.txt")
    assert json.loads(b"".join(json_parts(document))) == json.loads(json.dumps(document_to_json(document)))
