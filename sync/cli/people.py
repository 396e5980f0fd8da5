"""``adal-sync admin``: the first account at the centre, and help for who lost a password."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from sqlalchemy import Connection, select

from kiosk.domain.errors import ConfigError
from sync.cli.common import DONE, add_database_options, add_parser, show
from sync.cli.writing import write
from sync.server import admin
from sync.server.accounts import audit, people
from sync.server.accounts.roles import Role, Scope
from sync.server.schema import account
from sync.server.texts import LANGUAGES


def add_commands(subparsers: Any) -> None:
    """Adds admin create, password, reset-code, disable and list."""
    parser = subparsers.add_parser("admin", help="look after people's accounts at the centre")
    group = parser.add_subparsers(required=True, metavar="COMMAND")
    create = add_parser(
        group,
        "create",
        person_create,
        "make an account; the password is asked for",
        "  adal-sync admin create --email aigul@example.kz --name Aigul\n"
        "  adal-sync admin create --email b@example.kz --name Bolat --role region --region 47\n"
        "  echo 'a long sentence' | adal-sync admin create … --password-stdin",
    )
    create.add_argument("--email", required=True)
    create.add_argument("--name", required=True, help="as colleagues see it")
    create.add_argument("--role", choices=[role.value for role in Role], default="national")
    create.add_argument("--region", metavar="CODE", help="two digits, as 47 for Mangystau")
    create.add_argument("--shop", metavar="SLUG", help="a shop's short name")
    create.add_argument("--language", choices=list(LANGUAGES), default="kk")
    _add_common(create)
    password = add_parser(
        group,
        "password",
        person_password,
        "give somebody a new password; sessions end",
        "  adal-sync admin password --email aigul@example.kz",
    )
    password.add_argument("--email", required=True)
    _add_common(password)
    for name, run, summary in (
        ("reset-code", person_reset_code, "let somebody set the second step up again"),
        ("disable", person_disable, "shut somebody out at once"),
    ):
        one = add_parser(group, name, run, summary, f"  adal-sync admin {name} --email a@b.kz")
        one.add_argument("--email", required=True)
        add_database_options(one)
    listing = add_parser(group, "list", person_list, "who has an account", "  adal-sync admin list")
    add_database_options(listing)


def person_create(options: argparse.Namespace) -> int:
    """Makes an account."""
    password = _password(options)

    def work(connection: Connection, now_ms: int) -> int:
        shop_id = admin.shop_id_of(connection, options.shop) if options.shop else None
        account_id = people.add(
            connection,
            email=options.email,
            name=options.name,
            role=Role(options.role),
            scope=Scope(options.region, shop_id),
            password=password,
            language=options.language,
            now_ms=now_ms,
        )
        audit.note(connection, None, "person.create", options.email, now_ms=now_ms)
        return account_id

    account_id = write(options, work)
    show(options, {"account_id": account_id}, f"{options.email} may log in now.")
    return DONE


def person_password(options: argparse.Namespace) -> int:
    """Sets a new password."""
    password = _password(options)

    def work(connection: Connection, now_ms: int) -> None:
        people.set_password(connection, options.email, password)
        audit.note(connection, None, "person.password", options.email, now_ms=now_ms)

    write(options, work)
    show(options, {"email": options.email}, f"{options.email} has a new password.")
    return DONE


def person_reset_code(options: argparse.Namespace) -> int:
    """Forgets somebody's second factor: the telephone was lost."""

    def work(connection: Connection, now_ms: int) -> None:
        people.forget_second_factor(connection, options.email)
        audit.note(connection, None, "person.reset_code", options.email, now_ms=now_ms)

    write(options, work)
    show(options, {"email": options.email}, f"{options.email} sets the second step up anew.")
    return DONE


def person_disable(options: argparse.Namespace) -> int:
    """Shuts somebody out."""

    def work(connection: Connection, now_ms: int) -> None:
        people.disable(connection, people.required(connection, options.email), now_ms)
        audit.note(connection, None, "person.disable", options.email, now_ms=now_ms)

    write(options, work)
    show(options, {"email": options.email}, f"{options.email} is shut out.")
    return DONE


def person_list(options: argparse.Namespace) -> int:
    """Lists accounts."""
    rows = write(
        options,
        lambda connection, now_ms: (
            connection.execute(select(account).order_by(account.c.email)).mappings().all()
        ),
    )
    listed = [
        {name: row[name] for name in ("email", "name", "role", "region_code", "shop_id")}
        | {"disabled": row["disabled_ms"] is not None}
        for row in rows
    ]
    lines = [
        f"{one['email']:40} {one['role']:10} {one['name']}"
        + ("  (shut out)" if one["disabled"] else "")
        for one in listed
    ]
    text = "\n".join(lines) or "Nobody yet; make one: adal-sync admin create --help"
    show(options, {"people": listed}, text)
    return DONE


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    add_database_options(parser)


def _password(options: argparse.Namespace) -> str:
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise ConfigError("The two passwords differ; nothing was changed.")
    return first
