"""A centre with a shop here and one elsewhere, where whatever lies elsewhere can be recognised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from kiosk.domain.entries import CashCount, CashOut, HelpCall, Suggestion, UnknownScan
from sync.server import admin
from sync.server.accounts.roles import Role, Scope
from sync.server.schema import account
from sync.server.suggestions import text_sha256
from tests.sync.harness import MemoryJournal, RunningServer, running, sale, sqlite_url
from tests.sync.test_upload import push
from tests.web.people import Browser, logged_in, make_person
from tests.web.routes import Route

OTHER_SLUG, OTHER_REGION = "zzsecretshop", "75"
MARKERS = ("Zzmarkershop", OTHER_SLUG, "zzsecretwords", "4870000zz75", "zzotherperson")
"""What must not be read elsewhere: name and short name of a shop, a wish, a code, a person."""
WISH = "zzsecretwords"


@dataclass
class World:
    """A server with a shop here (region 47) and one elsewhere (75), and people of both."""

    server: RunningServer
    values: dict[str, str]
    here: dict[str, Browser]
    national: Browser

    def address(self, route: Route) -> str:
        """A route's address, with what lies elsewhere wherever something is asked for."""
        path = route.path
        for name, value in self.values.items():
            path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
        return path.replace("{", "").replace("}", "")


@contextmanager
def two_regions(folder: Path) -> Iterator[World]:
    """The server runs as long as the block."""
    with running(sqlite_url(folder)) as server:
        own = server.add_shop()
        other_journal = _other_shop(server)
        elsewhere = make_person(
            server, Role.REGION, Scope(OTHER_REGION), email="zzotherperson@example.kz"
        )
        account_id = server.store.read(
            lambda c: c.execute(
                select(account.c.account_id).where(account.c.email == elsewhere.email)
            ).scalar_one()
        )
        people = {
            "region": logged_in(server, Role.REGION, Scope("47")),
            "shop": logged_in(server, Role.SHOP, Scope(None, own)),
            "auditor": logged_in(server, Role.AUDITOR, Scope("47")),
        }
        values = {
            "slug": OTHER_SLUG,
            "shop": OTHER_SLUG,
            "code": OTHER_REGION,
            "region_code": OTHER_REGION,
            "region": OTHER_REGION,
            "kiosk_id": other_journal.identity.kiosk_id,
            "suggestion_id": "wish-zz",
            "account_id": str(account_id),
            "receipt": other_journal.entries[0].receipt,
            "week": "2026-W47",
            "sha256": "00" * 32,
            "kind": "csv",
            "day": "2026-11-20",
            "visit_id": "zzvisit",
            **dict.fromkeys(
                ("epoch", "seq", "campaign_id", "channel_id", "statement_id", "document_id"), "1"
            ),
        }
        yield World(server, values, people, logged_in(server))


def _other_shop(server: RunningServer) -> MemoryJournal:
    server.store.write(
        lambda c: admin.add_shop(
            c,
            slug=OTHER_SLUG,
            name=MARKERS[0],
            region_code=OTHER_REGION,
            cause="Zzmarkershop cause",
            now_ms=server.settings.now_ms(),
        )
    )
    now_ms = server.settings.now_ms()
    journal, salt = MemoryJournal(), bytes(16)
    journal.suggestions["wish-zz"] = (salt.hex(), WISH)
    for body in (
        sale(1),
        UnknownScan("4870000zz75", "EAN13", None),
        HelpCall("cash", "kk"),
        Suggestion("wish-zz", text_sha256(salt, WISH), "kk"),
        CashCount({"n500": 1}, "v1", 900, "zzvisit-count-1"),
        CashOut({"n500": 1}, "bank", "v1", "zzvisit-take_out-1"),
    ):
        journal.add(body, now_ms)
    push(journal, server.enrol(journal, code=server.code(slug=OTHER_SLUG)))
    return journal
