"""Settings of memory management."""

import gc
import subprocess
import sys

import pytest

from scripts import memory

# Eight threads take memory at the same time; glibc then lists its heaps.
HEAPS = """
import ctypes, threading
from scripts import memory
{first}
c, together = ctypes.CDLL(None), threading.Barrier(8)
c.malloc.restype, c.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
def take():
    together.wait()
    taken = [c.malloc(1000) for _ in range(100)]
    together.wait()
    for pointer in taken:
        c.free(pointer)
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
c.malloc_info(0, ctypes.c_void_p.in_dll(c, "stdout"))
c.fflush(None)
"""


def _heaps(first: str) -> int:
    code = HEAPS.format(first=first)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.count(
        "<heap nr="
    )


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_threads_share_heaps() -> None:
    assert _heaps("memory.share_heaps()") <= 2
    assert _heaps("") > 2  # the control


def test_garbage_is_collected_rarely() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700)  # Python's own setting, which a command in this process may have changed
        memory.collect_rarely()
        assert gc.get_threshold()[0] > 10 * 700
    finally:
        gc.set_threshold(*before)
