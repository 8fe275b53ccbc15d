"""An honest visitor of the page beside thousands of connections that send nothing, or half a request."""

import logging
import subprocess
import sys
import time

import pytest

from tests.reliability.conftest import Times
from tests.reliability.figures import Figures
from tests.ui.app.running import served

FLOOD = """
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]) + 100,) * 2)
kept = []
for number in range(int(sys.argv[2])):
    connection = socket.socket()
    connection.settimeout(5)
    try:
        connection.connect(("127.0.0.1", int(sys.argv[1])))
        if number % 2:
            connection.sendall(b"GET / HTTP/1.1\\r\\n")
    except OSError:
        pass
    kept.append(connection)
print("flooded", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of open files")
def test_an_honest_visitor_beside_five_thousand_idle_connections(
    caplog: pytest.LogCaptureFixture, times: Times, figures: Figures
) -> None:
    requests, seconds = times(5, 500), []
    with served() as site, caplog.at_level(logging.WARNING):
        command = [sys.executable, "-c", FLOOD, str(site.port), "5000"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as flood:
            assert flood.stdout is not None
            assert flood.stdout.readline() == "flooded\n"
            for _ in range(requests):
                start = time.monotonic()
                assert site.ask("/").status == 200
                seconds.append(time.monotonic() - start)
            flood.communicate("")
    figures(connections=5000, requests=requests, refused=0, slowest_s=max(seconds))
    assert max(seconds) < 1
    assert len(caplog.records) <= 2
