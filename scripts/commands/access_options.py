"""Who may come to the page: the options of ``zhangju serve``, and the passwords."""

import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import AccessError

if TYPE_CHECKING:
    from ui.security.access import AccessOptions

HostOption = Annotated[str, typer.Option("--host", help="The address to listen on.")]
AuthOption = Annotated[
    Path | None,
    typer.Option(
        "--auth-file", metavar="FILE", help="AllowedHosts and passwords (zhangju password); visitors sign in."
    ),
]
NoAuthOption = Annotated[
    bool, typer.Option("--no-auth", help="Whoever can reach the page may read the documents, without a password.")
]
NamesOption = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="A host name under which the page is visited. May be repeated."),
]
ProxyOption = Annotated[
    str | None,
    typer.Option("--proxy", metavar="ADDRESS", help="A reverse proxy to believe where visitors come from, and https."),
]


def access(
    host: str, *, accounts: Path | None, open_to_all: bool, names: list[str] | None, proxy: str | None
) -> "AccessOptions":
    """The options together. Raises AccessError where strangers could come in, or the file cannot be used."""
    from ui.security.access import AccessOptions

    if accounts and open_to_all:
        raise typer.BadParameter("--auth-file and --no-auth contradict each other; give one of them")
    chosen = AccessOptions(
        host=host, names=tuple(names or ()), proxy=proxy or "", accounts=accounts, open_to_all=open_to_all
    )
    chosen.check()
    return chosen


def set_password(name: str, accounts: Path) -> str:
    """Ask for a password and write it into the file; returns what was done."""
    from ui.security.accounts import checked_name, set_password

    name = checked_name(name)
    replaced = set_password(accounts, name, _typed(name))
    return f"{name} has {'another' if replaced else 'a'} password in {accounts}"


def _typed(name: str) -> str:
    """What is typed, twice and unseen; the first line where nobody types."""
    if sys.stdin is None:
        raise AccessError("no password comes in, stdin is closed; run it in a terminal, or send the password to stdin")
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass(f"password for {name}: ")
    if getpass("once more: ") != password:
        raise AccessError("the two passwords differ; run the command again")
    return password
