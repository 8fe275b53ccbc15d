"""Access options of the page, and the middleware that enforces them."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp

from index.errors import AccessError
from ui.security.accounts import Accounts, is_readable_by_others, read_accounts
from ui.security.authenticator import Authenticator
from ui.security.body_limits import BodyLimits
from ui.security.headers import Headers
from ui.security.hosts import AllowedHosts, HostCheck, is_address
from ui.security.sign_in import SignIn
from ui.state.audit import AuditLog

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessOptions:
    """Address to listen on, further host names, and accounts.

    ``names`` are host names beside ``host``. ``proxy`` is the address of a reverse proxy whose X-Forwarded headers are
    trusted. ``accounts`` is a file of user names and password hashes. ``open_to_all`` confirms that nobody has to sign
    in. ``audit`` records sign-ins.
    """

    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    proxy: str = ""
    accounts: Path | None = None
    open_to_all: bool = False
    audit: AuditLog = field(default_factory=AuditLog, compare=False)

    @property
    def is_exposed(self) -> bool:
        """True if other machines can reach the page without signing in."""
        return not self.accounts and not (AllowedHosts.of(self.host, self.names).is_private and not self.proxy)

    def check(self) -> None:
        """Raise AccessError if the page is exposed without ``open_to_all``, or an option is unusable."""
        if self.proxy and not is_address(self.proxy):
            raise AccessError(
                f"--proxy {self.proxy[:80]} is no IP address; give that of the reverse proxy, such as 127.0.0.1: "
                "what it says of visitors is believed"
            )
        if self.accounts:
            read_accounts(self.accounts)
        self.audit.check()
        if self.open_to_all or not self.is_exposed:
            return
        reason = f"with --host {self.host}" if not AllowedHosts.of(self.host).is_private else "behind a name or a proxy"
        raise AccessError(
            f"{reason} other machines can reach the page and read the documents; give --auth-file FILE, made with "
            "zhangju password NAME --auth-file FILE, or --no-auth to let everybody read them"
        )

    def protect(self, app: ASGIApp) -> ASGIApp:
        """Return the application behind its middleware. Raises AccessError if the accounts file is unusable."""
        protected: ASGIApp = BodyLimits(app)  # the innermost: no body is read for a visitor who is not signed in
        if self.accounts:
            accounts = Accounts(self.accounts, report=log.warning)
            if is_readable_by_others(self.accounts):
                log.warning(f"other users of this machine can read {self.accounts}; fix it with: chmod 600")
            protected = SignIn(protected, Authenticator(accounts.current), audit=self.audit)
        return Headers(HostCheck(protected, AllowedHosts.of(self.host, self.names)))
