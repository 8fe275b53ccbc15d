"""The parsing process: its answers, its restrictions and the messages after a crash.

A fake HTML library runs code that a malicious file might cause to run.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.errors import DocumentError
from index.parsing.process import DocumentReader, read_file
from index.parsing.structure import read_document
from index.parsing.worker import ProcessLimits
from tests.index.loaders.renderings import RENDERINGS

TEXT = "第一条 为了节约用水，制定本办法。\n".encode()
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="these limits are those of Linux")


@pytest.fixture
def reader() -> Iterator[DocumentReader]:
    with DocumentReader() as reader:
        yield reader


Library = Callable[[str], None]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Return a function that makes the parsing process run some code for every HTML page."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(code: str) -> None:
        (tmp_path / "bs4.py").write_text(code, encoding="utf-8")

    return write


def refusal(reader: DocumentReader, data: bytes = b"<p>text", name: str = "x.html") -> str:
    with pytest.raises(DocumentError) as error:
        reader.read(data, name)
    assert "\n" not in str(error.value)
    return str(error.value)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def ends(process: int, within: float = 10) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until and is_alive(process):
        time.sleep(0.02)
    return not is_alive(process)


@pytest.mark.parametrize("name", RENDERINGS)
def test_a_document_is_the_same_from_another_process(reader: DocumentReader, name: str) -> None:
    data = RENDERINGS[name]()
    assert reader.read(data, f"laws/{name}") == read_document(data, f"laws/{name}")


def test_one_process_parses_many_documents_in_any_working_directory(
    reader: DocumentReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong module')")
    monkeypatch.chdir(tmp_path)
    reader.read(TEXT, "a.txt")
    first = reader.process_id
    assert refusal(reader, b"", "laws/b.txt") == "laws/b.txt is empty; give a document with text in it"
    reader.read(TEXT, "c.txt")
    assert reader.process_id == first is not None


def test_output_of_a_library_does_not_corrupt_the_answer(
    reader: DocumentReader, library: Library, capfd: object
) -> None:
    library("import os, sys; print('x' * 9999); os.write(1, b'y' * 9999); print('z', file=sys.stderr); {}['k']")
    assert "x.html made its reader fail (KeyError: 'k' in bs4.py, line 1)" in refusal(reader)
    assert reader.read(TEXT, "a.txt").passages
    assert isinstance(capfd, pytest.CaptureFixture)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os; os.abort()", "took its reader down (SIGABRT)"),
        ("import os; os._exit(3)", "took its reader down (status 3)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "took its reader down (SIGSEGV)"),
        ("x = bytearray(600_000_000)", "needs more than 512 MB of memory"),
        ("x = []\nwhile True: x.append(bytearray(1_000_000))", "needs more than 512 MB of memory"),
        ("import os; os.write(4, b'\\0' * 7 + b'\\1{')", "made its reader fail"),
    ],
)
@LINUX
def test_a_crash_loses_one_document_and_its_reason_is_reported(
    reader: DocumentReader, library: Library, code: str, says: str
) -> None:
    library(code)
    message = refusal(reader)
    assert message.startswith("x.html ")
    assert says in message
    assert reader.read(TEXT, "a.txt").passages


_ANSWER = "import os; m = {message}; os.write(4, len(m).to_bytes(8, 'big') + m); os._exit(0)"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os; os.write(4, b'\\x80' + bytes(7) + b'{')", "a message of 9,223,372,036,854,775,808 bytes"),
        ("import os; os.write(4, b'\\x10' + bytes(7) + b'{')", "a message of 1,152,921,504,606,846,976 bytes"),
        (_ANSWER.format(message="b'[]'"), "made its reader fail"),
        (_ANSWER.format(message="b'[' * 60_000"), "maximum recursion depth"),
        (_ANSWER.format(message="b'{}'"), "made its reader fail"),
        (_ANSWER.format(message="""b'{"spent": 1, "document": [1]}'"""), "made its reader fail"),
        (_ANSWER.format(message="""b'{"spent": 1, "refused": 1}'"""), "the reason is no text"),
        (_ANSWER.format(message="""b'{"spent": 1, "refused": "' + b'a' * 60_000 + b'"}'"""), "x.html: aaa"),
        (_ANSWER.format(message="""b'{"failed": "' + b'a' * 60_000 + b'"}'"""), "made its reader fail (aaa"),
    ],
)
@LINUX
def test_a_malformed_answer_loses_one_document(reader: DocumentReader, library: Library, code: str, says: str) -> None:
    library(code)
    message = refusal(reader, name="laws/x.html")
    assert message.startswith("laws/x.html")
    assert says in message
    assert len(message) < 1300
    assert reader.process_id is None
    assert reader.read(TEXT, "a.txt").passages


@LINUX
def test_a_process_killed_between_two_documents_loses_none(reader: DocumentReader) -> None:
    reader.read(TEXT, "a.txt")
    killed = reader.process_id
    assert killed is not None
    os.kill(killed, signal.SIGTERM)
    os.waitid(os.P_PID, killed, os.WEXITED | os.WNOWAIT)  # ended, and not yet noticed
    assert reader.read(TEXT, "b.txt").id == "b.txt"
    assert reader.process_id not in (None, killed)


@LINUX
def test_a_process_that_used_much_memory_is_replaced(reader: DocumentReader, library: Library) -> None:
    code = "from index.errors import DocumentError; x = bytearray({size}); raise DocumentError('x.html is none')"
    library(code.format(size=1_000_000))
    assert refusal(reader) == "x.html is none"
    assert reader.process_id is not None  # the control: to refuse is not to end
    library(code.format(size=300_000_000))
    assert refusal(reader) == "x.html is none"
    assert reader.process_id is None


@LINUX
def test_a_process_starts_with_little_address_space(reader: DocumentReader) -> None:
    reader.read(TEXT, "a.txt")
    status = Path(f"/proc/{reader.process_id}/status").read_text().splitlines()
    peak = next(1024 * int(line.split()[1]) for line in status if line.startswith("VmPeak"))
    assert peak < 100_000_000  # a heap for each thread would be 134 million more


def test_a_pending_answer_is_not_taken_for_the_next_one(reader: DocumentReader, library: Library) -> None:
    library("import time; time.sleep(1); from index.errors import DocumentError; raise DocumentError('too late')")
    reader.read(TEXT, "a.txt")
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        reader.read(b"<p>text", "x.html")
    assert reader.process_id is None
    assert reader.read(TEXT, "b.txt").id == "b.txt"


@LINUX
def test_processor_time_is_limited_per_document(library: Library) -> None:
    limits = ProcessLimits(least_seconds=1, seconds_per_mb=0)
    with DocumentReader(limits) as reader:
        reader.read(TEXT, "a.txt")
        kept = reader.process_id
        while processor_seconds(kept) < 1.5:  # more than one document has
            reader.read(RENDERINGS["law.txt"]() * 8, "law.txt")
        assert reader.process_id == kept
        library("while True: pass")  # the control: the limit holds
        assert "needs more than 1 seconds of processor time" in refusal(reader)


def processor_seconds(process: int | None) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_process_that_hangs_is_killed(library: Library) -> None:
    library("import time; time.sleep(600)")
    with DocumentReader(ProcessLimits(wall=0.5, least_seconds=None)) as reader:
        assert "was not read within 0 seconds" in refusal(reader)
        assert reader.read(TEXT, "a.txt").passages


FORBIDDEN = {
    "socket": "import socket; socket.socket()",
    "address": "import socket; socket.getaddrinfo('localhost', 80)",
    "process": "import subprocess, sys; subprocess.run([sys.executable, '-c', ''])",
    "shell": "import os; os.system('true')",
    "fork": "import os; os.fork()",
    "temporary file": "import tempfile; tempfile.mkstemp(dir='.')",
    "file": "open('written', 'w')",
    "more to a file": "open(__file__, 'a')",
    "folder": "import os; os.mkdir('made')",
    "removal": "import os; os.remove(__file__)",
    "descriptor": "import os; os.open('written', os.O_CREAT)",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_document_reaches_neither_network_nor_processes_nor_files(
    reader: DocumentReader, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    library(FORBIDDEN[what])
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert "PermissionError: a document may not cause" in refusal(reader)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_same_code_is_allowed_in_other_processes(tmp_path: Path) -> None:
    for code in FORBIDDEN.values():  # the control: it is not the code that fails
        (tmp_path / "code.py").write_text(code, encoding="utf-8")
        assert subprocess.run([sys.executable, tmp_path / "code.py"], cwd=tmp_path, check=False).returncode == 0


@LINUX
def test_the_operating_system_enforces_limits_below_python(reader: DocumentReader, library: Library) -> None:
    """Limits hold for code that bypasses Python, such as a C library: files stay empty, there is no network."""
    library(
        "import resource, os\n"
        "limits = [resource.getrlimit(getattr(resource, 'RLIMIT_' + k)) for k in ('FSIZE', 'CORE', 'NOFILE')]\n"
        f"raise ValueError([limits, {_NETWORK}])"
    )
    message = refusal(reader)
    assert "ValueError: [[(0, 0), (0, 0), (32, 32)], " in message
    inside, outside, alone = networks(message), networks(shown("")), networks(shown(_LEAVE))
    assert outside[0] == str(Path("/proc/self/ns/net").readlink())  # the control: any other process shares the network
    if alone == outside:  # the system lets no process leave it
        assert inside == outside
    else:
        assert inside[0] != outside[0]
        assert inside[1] == alone[1]


_NETWORK = "os.readlink('/proc/self/ns/net'), open('/proc/self/net/dev').read().count(':')"
_LEAVE = "leave = ctypes.CDLL(None).unshare; leave(0x40000000) and leave(0x50000000)"


def shown(first: str) -> str:
    """Return the network namespace of a process after some code, and its number of interfaces."""
    code = f"import ctypes, os; {first}\nprint([{_NETWORK}])"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def networks(text: str) -> tuple[str, str]:
    found = re.search(r"'(net:\[\d+\])', (\d+)\]", text)
    assert found
    return found[1], found[2]


@LINUX
def test_no_process_is_left_behind() -> None:
    with DocumentReader() as reader:
        reader.read(TEXT, "a.txt")
        process = reader.process_id
    assert process is not None
    assert reader.process_id is None
    assert not is_alive(process)


_PARENT = """
import sys
sys.path[:0] = {paths}
from index.parsing.process import DocumentReader
with DocumentReader() as reader:
    reader.read({text}, "a.txt")
    print(reader.process_id, flush=True)
    reader.read(b"<p>text", "x.html")
"""


def parent(library: Library, folder: Path) -> tuple["subprocess.Popen[str]", int]:
    """Start a process that parses a page without end; return it and the id of its parsing process."""
    library("while True: pass")
    code = _PARENT.format(paths=json.dumps([str(folder), *sys.path]), text=TEXT)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


@LINUX
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_process_ends_with_its_parent(library: Library, tmp_path: Path, how: signal.Signals) -> None:
    process, child = parent(library, tmp_path)
    with process:
        assert is_alive(child)
        process.send_signal(how)
    assert ends(child)


@LINUX
def test_ctrl_c_ends_both_processes_and_only_the_parent_reports(library: Library, tmp_path: Path) -> None:
    process, child = parent(library, tmp_path)
    with process:
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert errors.count("Traceback") == 1
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert ends(child)


def test_names_are_shown_in_one_line(reader: DocumentReader) -> None:
    assert (
        refusal(reader, b"", "a\n\x1b[31mb.txt") == "a\ufffd\ufffd[31mb.txt is empty; give a document with text in it"
    )


# --- files


def test_only_regular_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    assert read_file(tmp_path / "a.txt") == TEXT
    with pytest.raises(DocumentError, match=r"cannot read .*b\.txt: No such file"):
        read_file(tmp_path / "b.txt")
    with pytest.raises(DocumentError, match=r"no regular file|cannot read"):
        read_file(tmp_path)
    monkeypatch.setattr("index.loaders.limits.MAX_FILE_BYTES", 10)
    with pytest.raises(DocumentError, match=r"a\.txt has 50 bytes, more than the 10 that are read; split it"):
        read_file(tmp_path / "a.txt")


@LINUX
def test_a_file_that_grows_while_it_is_read_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("/proc/self/status")
    assert path.stat().st_size == 0
    assert len(read_file(path)) > 11
    for module in ("index.parsing.process", "index.loaders.limits"):
        monkeypatch.setattr(f"{module}.MAX_FILE_BYTES", 10)
    with pytest.raises(DocumentError, match="status has 11 bytes, more than the 10 that are read"):
        read_file(path)


def test_an_undecodable_name_loses_one_document(reader: DocumentReader) -> None:
    assert refusal(reader, b"", "\udcff.txt").startswith("\ufffd.txt made its reader fail (UnicodeEncodeError")
    assert reader.read(TEXT, "a.txt").passages


@LINUX
def test_pipes_and_devices_do_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    for path in (tmp_path / "a.txt", Path("/dev/zero")):
        with pytest.raises(DocumentError, match="is no regular file"):
            read_file(path)


def test_a_file_that_is_too_large_is_rejected_before_it_is_sent() -> None:
    with DocumentReader() as reader:
        assert "x.txt has 100,000,001 bytes, more than the 100,000,000 that are read" in refusal(
            reader, bytes(100_000_001), "x.txt"
        )
        assert reader.process_id is None
