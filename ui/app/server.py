"""A web server on one address: the socket is opened here, so that no environment variable moves it elsewhere."""

import asyncio
import errno
import logging
import os
import socket
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from ui.app.connections import ConnectionLimits, OncePerMinute, limited_protocol, raise_descriptor_limit
from ui.security.access import AccessOptions
from ui.security.headers import FIXED

_ONCE_PER_MINUTE = OncePerMinute()
TICK_SECONDS = 0.5  # between two checks for the end, which also set the time in the headers of replies


class Server(uvicorn.Server):
    """A uvicorn server that says when it listens and hangs up when it stops."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def main_loop(self) -> None:
        """Wait for the end; uvicorn checks for it ten times a second."""
        while not await self.on_tick(0):
            await asyncio.sleep(TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Hang up, then stop: an open page keeps a connection for as long as it is shown."""
        for connection in list(self.server_state.connections):
            connection.transport.close()
        await super().shutdown(sockets=sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on this host and port alone; port 0 is any free one. Raises OSError."""
    if not 0 <= port <= 65535:
        raise OSError(errno.EINVAL, "there is no such port")
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def why_not(host: str, port: int, error: OSError) -> str:
    """In one line: why this address cannot be had, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use by another program; choose a free one, for example --port {port + 1}"
    return (
        f"cannot listen on {host} port {port} ({error.strerror or error}); "
        "--host must be an address of this machine, usually 127.0.0.1, and --port a number from 1024 to 65535"
    )


def address(listening: socket.socket, host: str) -> str:
    """The address to open in a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{listening.getsockname()[1]}/"


def make_server(
    app: ASGIApp, access: AccessOptions, ready: Callable[[], None], limits: ConnectionLimits | None = None
) -> Server:
    """A server for ``app`` behind the guards of ``access``; it takes the word of no proxy but the one named there."""
    # half of the open files are left for the index, the models and the library
    most = min(ConnectionLimits().most, raise_descriptor_limit() // 2)
    limits = limits or ConnectionLimits(most=most, proxy=access.proxy)
    logging.getLogger("uvicorn.error").addFilter(_ONCE_PER_MINUTE)
    config = uvicorn.Config(
        access.protect(app),
        http=limited_protocol(limits),
        headers=list(FIXED.items()),
        log_level="warning",
        log_config=None,  # the program's own: it escapes what a terminal would obey
        access_log=False,
        proxy_headers=bool(access.proxy),
        forwarded_allow_ips=access.proxy,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=2,  # seconds that a search still has to end
    )
    return Server(config, ready)


def _has_screen() -> bool:
    """Tell if a browser could open a window; without one, webbrowser takes over the terminal with a text browser."""
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def run(
    app: ASGIApp,
    listening: socket.socket,
    access: AccessOptions,
    *,
    announce: Callable[[str], None],
    open_browser: bool,
) -> None:
    """Serve until Ctrl-C."""
    url = address(listening, access.host)

    def ready() -> None:
        announce(url)
        if open_browser and _has_screen():
            webbrowser.open(url)

    with listening, suppress(KeyboardInterrupt):
        make_server(app, access, ready).run(sockets=[listening])
