"""``adal-sync kiosk`` and ``enrol-code``: what the kiosks' page does, for a terminal."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from kiosk.domain.ledger import KAZAKHSTAN
from sync.cli.common import DONE, add_database_options, add_parser, show
from sync.cli.writing import write
from sync.server import admin
from sync.server.accounts import audit
from sync.server.accounts.roles import Scope
from sync.server.kiosks import standing

Step = Callable[[Connection, str], object]


def add_commands(subparsers: Any) -> None:
    """Adds enrol-code and kiosk list, approve, suspend, resume, revoke, replace."""
    _add_enrol_code(subparsers)
    parser = subparsers.add_parser("kiosk", help="look after kiosks", description="Kiosks.")
    group = parser.add_subparsers(required=True, metavar="COMMAND")
    lister = add_parser(
        group, "list", kiosk_list, "list kiosks and how far they are", "  adal-sync kiosk list"
    )
    add_database_options(lister)
    for name, run, summary in (
        ("approve", kiosk_approve, "let a waiting kiosk send"),
        ("suspend", kiosk_suspend, "give it nothing new; what it sends is still taken"),
        ("resume", kiosk_resume, "a suspended kiosk is in use again"),
        ("revoke", kiosk_revoke, "shut a kiosk out; what it sent stays"),
        ("replace", kiosk_replace, "a code for the machine in a broken one's place"),
    ):
        one = add_parser(group, name, run, summary, f"  adal-sync kiosk {name} 0123456789abcdef")
        one.add_argument("kiosk_id", help="as in: adal-sync kiosk list")
        add_database_options(one)


def enrol_code(options: argparse.Namespace) -> int:
    """Makes a one-time code."""

    def work(connection: Connection, now_ms: int) -> str:
        code = admin.make_code(
            connection,
            shop_slug=options.shop,
            auto_approve=options.approve,
            now_ms=now_ms,
            kiosk_id=options.kiosk,
        )
        audit.note(
            connection,
            None,
            "kiosk.code",
            options.shop,
            now_ms=now_ms,
            shop_id=admin.shop_id_of(connection, options.shop),
            kiosk=options.kiosk,
            approves=options.approve,
        )
        return code

    _show_code(options, write(options, work), {})
    return DONE


def kiosk_list(options: argparse.Namespace) -> int:
    """Lists kiosks."""
    rows = write(options, lambda connection, now_ms: admin.kiosks(connection))
    lines = [
        f"{row.shop:24} {row.kiosk_id} {row.epoch:>5}  {row.status:9} {row.entries:>9} entries, "
        f"{row.waiting} waiting, last seen {_moment(row.last_seen_ms)}"
        + ("  TWO BRANCHES: enrol it again" if row.forked else "")
        for row in rows
    ]
    text = "\n".join(lines) or "No kiosk has enrolled yet; make a code: adal-sync enrol-code …"
    show(options, {"kiosks": msgspec.to_builtins(rows)}, text)
    return DONE


def kiosk_approve(options: argparse.Namespace) -> int:
    """Approves a kiosk."""
    epoch = _step(options, "kiosk.approve", admin.approve)
    show(
        options,
        {"kiosk_id": options.kiosk_id, "epoch": epoch},
        f"Kiosk {options.kiosk_id} may send.",
    )
    return DONE


def kiosk_suspend(options: argparse.Namespace) -> int:
    """Suspends a kiosk."""
    _step(options, "kiosk.suspend", admin.suspend)
    _show_done(options, "is suspended: what it sends is taken, and it gets nothing new")
    return DONE


def kiosk_resume(options: argparse.Namespace) -> int:
    """Resumes a suspended kiosk."""
    _step(options, "kiosk.resume", admin.resume)
    _show_done(options, "is in use again")
    return DONE


def kiosk_revoke(options: argparse.Namespace) -> int:
    """Shuts a kiosk out."""
    _step(options, "kiosk.revoke", admin.revoke)
    _show_done(options, "is shut out")
    return DONE


def kiosk_replace(options: argparse.Namespace) -> int:
    """Makes a code for the machine in a kiosk's place."""

    def work(connection: Connection, now_ms: int) -> tuple[str, standing.Standing]:
        made = admin.replacement_code(
            connection, options.kiosk_id, auto_approve=True, now_ms=now_ms
        )
        _note(connection, "kiosk.replace", options.kiosk_id, now_ms)
        return made

    code, old = write(options, work)
    _show_code(options, code, {"kiosk_id": options.kiosk_id, "shop": old.slug})
    return DONE


def _add_enrol_code(subparsers: Any) -> None:
    parser = add_parser(
        subparsers,
        "enrol-code",
        enrol_code,
        "make a one-time code that enrols one kiosk",
        "  adal-sync enrol-code --shop aktau-tsc\n"
        "  adal-sync enrol-code --shop aktau-tsc --approve --json\n"
        "  adal-sync enrol-code --shop aktau-tsc --approve --kiosk 0123456789abcdef",
    )
    parser.add_argument("--shop", required=True, help="short name of the shop")
    parser.add_argument("--approve", action="store_true", help="approve the kiosk at once")
    parser.add_argument(
        "--kiosk",
        metavar="ID",
        help="only for this kiosk, or a machine in its place; takes back one that a centre "
        "without its old database does not know",
    )
    add_database_options(parser)


def _step(options: argparse.Namespace, action: str, step: Step) -> Any:
    """Does one thing to a kiosk and notes it in the same transaction."""

    def work(connection: Connection, now_ms: int) -> object:
        done = step(connection, options.kiosk_id)
        _note(connection, action, options.kiosk_id, now_ms)
        return done

    return write(options, work)


def _note(connection: Connection, action: str, kiosk_id: str, now_ms: int) -> None:
    now = standing.standing(connection, Scope(), kiosk_id)
    audit.note(
        connection,
        None,
        action,
        kiosk_id,
        now_ms=now_ms,
        region_code=now.region_code,
        shop_id=now.shop_id,
    )


def _show_code(options: argparse.Namespace, code: str, more: dict[str, Any]) -> None:
    minutes = admin.CODE_LIFETIME_MS // 60_000
    result = {"code": code, "minutes": minutes, **more}
    show(options, result, f"{code}   (good once, for {minutes} min)")


def _show_done(options: argparse.Namespace, text: str) -> None:
    show(options, {"kiosk_id": options.kiosk_id}, f"Kiosk {options.kiosk_id} {text}.")


def _moment(at_ms: int | None) -> str:
    if at_ms is None:
        return "never"
    return f"{datetime.fromtimestamp(at_ms / 1000, KAZAKHSTAN):%Y-%m-%d %H:%M}"
