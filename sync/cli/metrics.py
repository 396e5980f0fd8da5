"""``adal-sync metrics``: the database's gauges for a file, and who may read ``/metrics``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.exposition import generate_latest
from sqlalchemy.exc import DBAPIError

from kiosk.domain.errors import ConfigError
from sync.cli.common import DONE, add_database_options, add_parser, database_url, show
from sync.server.metrics.state import State
from sync.server.settings import wall_clock_ms
from sync.server.store import Store

TOKEN_LENGTH_MIN = 16


def add_commands(subparsers: Any) -> None:
    """Adds metrics."""
    parser = add_parser(
        subparsers,
        "metrics",
        metrics,
        "print the centre's state for Prometheus, without asking the server",
        "  adal-sync metrics\n"
        "  adal-sync metrics --out /var/lib/prometheus/node-exporter/adal.prom",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="for the node exporter's textfile collector"
    )
    add_database_options(parser)


def metrics(options: argparse.Namespace) -> int:
    """Prints or writes the gauges; what the server counts is only at /metrics."""
    registry = CollectorRegistry(auto_describe=False)
    store = Store(database_url(options))
    try:
        registry.register(State(store, wall_clock_ms))
        if options.out is None:
            sys.stdout.write(generate_latest(registry).decode())
            return DONE
        write_to_textfile(str(options.out), registry)
    except DBAPIError as error:
        raise ConfigError(f"The database cannot be used: {error.orig}") from error
    finally:
        store.close()
    show(options, {"file": str(options.out)}, f"{options.out} is written.")
    return DONE


def add_token_option(parser: argparse.ArgumentParser) -> None:
    """``--metrics-token-file`` for the server."""
    parser.add_argument(
        "--metrics-token-file",
        type=Path,
        metavar="FILE",
        help="a secret with which a Prometheus elsewhere may read /metrics; without it only a "
        "program on this machine may",
    )


def token_of(options: argparse.Namespace) -> str | None:
    """The secret in that file.

    Raises:
        ConfigError: when the file cannot be read, or holds no secret.
    """
    path: Path | None = options.metrics_token_file
    if path is None:
        return None
    try:
        token = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--metrics-token-file {path} cannot be read: {error}") from error
    if len(token) < TOKEN_LENGTH_MIN or not token.isascii() or not token.isprintable():
        raise ConfigError(
            f"{path} needs one line of at least {TOKEN_LENGTH_MIN} letters and digits, as from: "
            "openssl rand -hex 32"
        )
    return token
