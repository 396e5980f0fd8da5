"""The command line between kiosk and centre; script ``adal-sync``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec

import msgspec

from kiosk.domain.errors import AdalError
from sync.cli import field
from sync.cli.common import WRONG

INTERRUPTED = 130
"""What shells expect after Ctrl+C."""
_SERVER_LIBRARIES = (
    "fastapi",
    "alembic",
    "uvicorn",
    "jinja2",
    "argon2",
    "pyotp",
    "prometheus_client",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code: 0 done, 1 refused or found wrong, 2 misused."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except AdalError as error:
        return _refuse(options, str(error))
    except OSError as error:
        return _refuse(options, f"{error.filename or 'A file'}: {error.strerror or error}.")
    except KeyboardInterrupt:
        print("adal-sync: stopped.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="adal-sync",
        description="Between Adal's kiosks and their central server.",
        epilog="Each command explains itself: adal-sync serve --help",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    field.add_commands(subparsers)
    if all(map(find_spec, _SERVER_LIBRARIES)):
        from sync.cli import (
            backup,
            centre,
            checkpoints,
            fleet,
            importing,
            install,
            metrics,
            people,
            report,
            rollups,
        )

        server = (centre, people, importing, report, rollups, checkpoints, fleet)
        machine = (backup, install, metrics)
        for part in (*server, *machine):
            part.add_commands(subparsers)
    else:
        parser.epilog = "The server's commands need its libraries: pip install 'adal[server]'"
    return parser


def _refuse(options: argparse.Namespace, message: str) -> int:
    print(f"adal-sync: {message}", file=sys.stderr)
    if options.json:
        print(msgspec.json.encode({"error": message}).decode())
    return WRONG


if __name__ == "__main__":
    sys.exit(main())
