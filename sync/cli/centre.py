"""Commands of the central server: serve it, and look after shops, kiosks and catalogues."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from kiosk.domain.errors import CatalogueError
from sync.cli import caps, kiosks, metrics
from sync.cli.common import DONE, add_database_options, add_parser, database_url, show
from sync.cli.writing import write
from sync.server import admin, catalogues
from sync.server.accounts import audit
from sync.server.settings import Settings

PORT_DEFAULT = 8484
SWITCH_INTERVAL_S = 0.0005

R = TypeVar("R")


def add_commands(subparsers: Any) -> None:
    """Adds serve, shop, enrol-code, kiosk, catalogue and token."""
    _add_serve(subparsers)
    _add_shop(subparsers)
    kiosks.add_commands(subparsers)
    _add_catalogue(subparsers)
    _add_token(subparsers)


def serve(options: argparse.Namespace) -> int:
    """Runs the central server until it is stopped."""
    import uvicorn

    from sync.server.alarms.settings import read_settings
    from sync.server.app import create_app

    url = database_url(options)
    write(options, lambda connection, now_ms: None)  # says what is wrong before anything runs
    scheme = "https" if options.cert else "http"
    if not options.json:
        print(f"Adal's central server: {scheme}://{options.host}:{options.port}/ (Ctrl+C stops it)")
    _make_ready()
    uvicorn.run(
        create_app(
            Settings(
                url,
                behind_tls=options.behind_tls,
                alarms=read_settings(os.environ),
                metrics_token=metrics.token_of(options),
                caps=caps.caps_of(options),
            )
        ),
        host=options.host,
        port=options.port,
        log_level="warning" if options.json else "info",
        access_log=False,
        server_header=False,
        ssl_certfile=options.cert,
        ssl_keyfile=options.key,
        # Who is really there, as the proxy on this machine says; a login's delays depend on it.
        proxy_headers=options.behind_tls,
        forwarded_allow_ips="127.0.0.1",
    )
    return DONE


def _make_ready() -> None:
    """Tunes Python for many small requests."""
    # Threads that check journals must not keep the others waiting: those only send to the database
    # and wait for it, and would stand idle for 5 ms at every word.
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    # What is loaded now stays; looking through it for garbage took a tenth of taking journals in.
    gc.collect()
    gc.freeze()


def shop_add(options: argparse.Namespace) -> int:
    """Adds a shop."""

    def work(connection: Connection, now_ms: int) -> int:
        shop_id = admin.add_shop(
            connection,
            slug=options.slug,
            name=options.name,
            region_code=options.region,
            cause=options.cause,
            now_ms=now_ms,
        )
        audit.note(
            connection,
            None,
            "shop.add",
            options.slug,
            now_ms=now_ms,
            region_code=options.region,
            shop_id=shop_id,
            name=options.name,
        )
        return shop_id

    shop_id = write(options, work)
    show(options, {"shop_id": shop_id, "slug": options.slug}, f"Shop {options.slug} is there.")
    return DONE


def catalogue_put(options: argparse.Namespace) -> int:
    """Hands out a new catalogue version."""
    file: Path = options.file
    try:
        products = catalogues.read_csv(file.read_bytes())
    except OSError as error:
        raise CatalogueError(f"{file} cannot be read: {error.strerror}.") from error
    except CatalogueError as error:
        raise CatalogueError(f"{file}: {error}") from error
    version = write(
        options,
        lambda connection, now_ms: admin.put_catalogue(connection, products, now_ms=now_ms),
    )
    show(
        options,
        {"version": version, "products": len(products)},
        f"Version {version} with {len(products)} products goes to the kiosks.",
    )
    return DONE


def token_add(options: argparse.Namespace) -> int:
    """Makes a token for reading."""
    token = write(
        options,
        lambda connection, now_ms: admin.add_token(connection, name=options.name, now_ms=now_ms),
    )
    show(
        options,
        {"name": options.name, "token": token},
        f"{token}\nKeep it now: it is not shown again.",
    )
    return DONE


def token_revoke(options: argparse.Namespace) -> int:
    """Makes a token useless."""
    write(
        options,
        lambda connection, now_ms: admin.revoke_token(connection, name=options.name, now_ms=now_ms),
    )
    show(options, {"name": options.name}, f"Token {options.name} is of no more use.")
    return DONE


def _add_serve(subparsers: Any) -> None:
    parser = add_parser(
        subparsers,
        "serve",
        serve,
        "run the central server",
        "  adal-sync serve\n"
        "  adal-sync serve --host 0.0.0.0 --port 8484 --db postgresql://adal@localhost/adal",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=PORT_DEFAULT, help="port (default: %(default)s)"
    )
    parser.add_argument("--cert", metavar="FILE", help="certificate chain (PEM): serve https")
    parser.add_argument("--key", metavar="FILE", help="the certificate's key (PEM)")
    parser.add_argument(
        "--behind-tls",
        action="store_true",
        help="a TLS proxy on this machine passes requests on; believe what it says of them",
    )
    metrics.add_token_option(parser)
    caps.add_options(parser)
    add_database_options(parser)


def _add_shop(subparsers: Any) -> None:
    group = _group(subparsers, "shop", "look after shops")
    parser = add_parser(
        group,
        "add",
        shop_add,
        "add a shop",
        '  adal-sync shop add aktau-tsc --region 47 --name "Ақтау ХҚКО" --cause "Мектепке кітап"',
    )
    parser.add_argument("slug", help="short name: small letters, digits, dashes")
    parser.add_argument("--name", required=True, help="what shoppers read")
    parser.add_argument("--region", required=True, help="two digits, as 47 for Mangystau")
    parser.add_argument("--cause", default="", help="where the money goes")
    add_database_options(parser)


def _add_catalogue(subparsers: Any) -> None:
    group = _group(subparsers, "catalogue", "look after the catalogue")
    parser = add_parser(
        group,
        "put",
        catalogue_put,
        "hand out a new catalogue version from a CSV",
        f"  adal-sync catalogue put goods.csv\n\ncolumns: {', '.join(catalogues.COLUMNS)}\n"
        "codes: digits as printed on the pack, several split by spaces",
    )
    parser.add_argument("file", type=Path, help="CSV in UTF-8, split by commas or semicolons")
    add_database_options(parser)


def _add_token(subparsers: Any) -> None:
    group = _group(subparsers, "token", "look after tokens for reading (adal-sync pull)")
    for name, run, summary in (
        ("add", token_add, "make a token"),
        ("revoke", token_revoke, "make a token useless"),
    ):
        parser = add_parser(group, name, run, summary, f"  adal-sync token {name} --name aktau-pc")
        parser.add_argument("--name", required=True, help="who uses it")
        add_database_options(parser)


def _group(subparsers: Any, name: str, summary: str) -> Any:
    parser = subparsers.add_parser(name, help=summary, description=summary)
    return parser.add_subparsers(required=True, metavar="COMMAND")
