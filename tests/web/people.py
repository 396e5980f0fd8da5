"""People who log in to a running server as a browser does."""

from __future__ import annotations

import re

import httpx
import pyotp
from argon2 import PasswordHasher
from sqlalchemy import Connection, update

from sync.server.accounts import passwords, people
from sync.server.accounts.roles import Role, Scope
from sync.server.schema import account
from tests.sync.harness import RunningServer

PASSWORD = "a lobby with an honest shelf"
PATIENCE_S = 60.0
"""For an answer: httpx would give a busy machine five seconds."""

# Argon2id as the centre uses it, only quick: hundreds of tests log in.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
passwords._NOBODY = passwords._hasher.hash("nobody's password")


class Browser:
    """A logged-in person: cookies, the form token of the last page, and a telephone for codes."""

    def __init__(self, server: RunningServer, email: str, secret: str) -> None:
        self._server = server
        self.email = email
        self._secret = secret
        self.http = httpx.Client(base_url=server.url, follow_redirects=True, timeout=PATIENCE_S)
        server.guests.append(self.http)
        self.csrf = ""

    def get(self, path: str, **more: object) -> httpx.Response:
        """A page; its form token is kept."""
        return self._remember(self.http.get(path, **more))

    def post(self, path: str, **fields: object) -> httpx.Response:
        """A form sent from our own page."""
        return self.http.post(path, data={"csrf": self.csrf, **fields})

    def log_in(self, password: str = PASSWORD) -> httpx.Response:
        """Only the password."""
        self.csrf = ""
        return self._remember(
            self.http.post("/login", data={"email": self.email, "password": password})
        )

    def show_code(self) -> httpx.Response:
        """The second step; the overview that follows has the form token of the new session."""
        code = pyotp.TOTP(self._secret).at(self._server.settings.now_ms() // 1000)
        return self._remember(self.post("/login/code", code=code, next="/overview"))

    def _remember(self, answer: httpx.Response) -> httpx.Response:
        """Keeps the page's form token, if it has one."""
        found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
        self.csrf = found[1] if found else self.csrf
        return answer


def make_person(
    server: RunningServer,
    role: Role = Role.NATIONAL,
    scope: Scope | None = None,
    *,
    email: str = "",
) -> Browser:
    """An account with a second factor that was set up; not logged in."""
    scope = scope or Scope()
    place = scope.region_code or scope.shop_id or "all"
    email = email or f"{role.value}-{place}@example.kz"
    now_ms = server.settings.now_ms()
    secret = pyotp.random_base32()

    def work(connection: Connection) -> None:
        account_id = people.add(
            connection,
            email=email,
            name=f"{role.value} of {place}",
            role=role,
            scope=scope,
            password=PASSWORD,
            language="en",
            now_ms=now_ms,
        )
        connection.execute(
            update(account)
            .where(account.c.account_id == account_id)
            .values(totp_secret=secret, totp_confirmed_ms=now_ms)
        )

    server.store.write(work)
    return Browser(server, email, secret)


def logged_in(
    server: RunningServer, role: Role = Role.NATIONAL, scope: Scope | None = None
) -> Browser:
    """A person who is in, and may change what the role may."""
    person = make_person(server, role, scope)
    person.log_in()
    if role is Role.AUDITOR:
        person.get("/overview")
    else:
        person.show_code()
    return person
