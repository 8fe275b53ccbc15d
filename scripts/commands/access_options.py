"""Access to the page: options of ``zhangju serve``, and passwords."""

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
    typer.Option("--auth-file", metavar="FILE", help="Users and passwords (zhangju password); visitors sign in."),
]
NoAuthOption = Annotated[
    bool, typer.Option("--no-auth", help="Let everyone who can reach the page read the documents, without a password.")
]
AuditOption = Annotated[
    Path | None,
    typer.Option("--audit-log", metavar="FILE", help="Append sign-ins and changes of the library as JSON lines."),
]
NamesOption = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="A host name of the page. May be repeated."),
]
ProxyOption = Annotated[
    str | None,
    typer.Option(
        "--proxy", metavar="ADDRESS", help="A reverse proxy whose information on visitors and https is trusted."
    ),
]


def access(
    host: str,
    *,
    accounts: Path | None,
    open_to_all: bool,
    names: list[str] | None,
    proxy: str | None,
    audit_log: Path | None = None,
) -> "AccessOptions":
    """Return the access settings. Raises AccessError if the page would be open to strangers or the file is unusable."""
    from ui.security.access import AccessOptions
    from ui.state.audit import AuditLog

    if accounts and open_to_all:
        raise typer.BadParameter("--auth-file and --no-auth contradict each other; give one of them")
    chosen = AccessOptions(
        host=host,
        names=tuple(names or ()),
        proxy=proxy or "",
        accounts=accounts,
        open_to_all=open_to_all,
        audit=AuditLog(audit_log),
    )
    chosen.check()
    return chosen


def set_password(name: str, accounts: Path) -> str:
    """Ask for a password, write it to the file and return a message."""
    from ui.security.accounts import checked_name, set_password

    name = checked_name(name)
    replaced = set_password(accounts, name, _typed(name))
    return f"{name} has a {'new ' if replaced else ''}password in {accounts}"


def _typed(name: str) -> str:
    """Return the password typed twice on a terminal, or the first line of a redirected stdin."""
    if sys.stdin is None:
        raise AccessError("there is no password, stdin is closed; run it in a terminal, or send the password to stdin")
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass(f"password for {name}: ")
    if getpass("once more: ") != password:
        raise AccessError("the two passwords differ; run the command again")
    return password
