"""Who may come to the page, and the guards that see to it, in their order."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp

from index.errors import AccessError
from ui.security.accounts import Accounts, is_open_to_others, read_accounts
from ui.security.authenticator import Authenticator
from ui.security.body_limits import BodyLimits
from ui.security.headers import Headers
from ui.security.hosts import AllowedHosts, HostCheck
from ui.security.sign_in import SignIn

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessOptions:
    """What the page listens on and under which other names it is visited; who has to sign in.

    ``names`` are host names besides; ``proxy`` is the address whose word is taken for where visitors come from and
    whether they came by https; ``accounts`` is a file of names and passwords; ``open_to_all`` says that none is wanted.
    """

    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    proxy: str = ""
    accounts: Path | None = None
    open_to_all: bool = False

    @property
    def is_for_strangers(self) -> bool:
        """Whether others can reach the page and need not sign in."""
        return not self.accounts and not (AllowedHosts.of(self.host, self.names).is_private and not self.proxy)

    def check(self) -> None:
        """Raises AccessError where strangers could come in though nobody has said that they may, or nobody could."""
        if self.accounts:
            read_accounts(self.accounts)
        if self.open_to_all or not self.is_for_strangers:
            return
        how = (
            f"with --host {self.host}" if not AllowedHosts.of(self.host).is_private else "under another name or a proxy"
        )
        raise AccessError(
            f"{how} others can reach the page and read the documents; give --auth-file FILE, made with "
            "zhangju password NAME --auth-file FILE, or --no-auth if whoever can reach it may read them"
        )

    def guarded(self, app: ASGIApp, *, report: Callable[[str], None] = log.warning) -> ASGIApp:
        """The application behind its guards. Raises AccessError where the file of names cannot be used."""
        guarded: ASGIApp = BodyLimits(app)  # the innermost: nothing is read for those who are not let in
        if self.accounts:
            accounts = Accounts(self.accounts, report=report)
            if is_open_to_others(self.accounts):
                report(f"other users of this machine can read {self.accounts}; mend it with: chmod 600")
            guarded = SignIn(guarded, Authenticator(accounts.current))
        return Headers(HostCheck(guarded, AllowedHosts.of(self.host, self.names)))
