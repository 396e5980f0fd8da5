"""``adal-sync install``: the centre on a small Debian machine."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk.domain.errors import ConfigError
from sync.cli.common import DONE, add_parser, show
from sync.server.install.plan import PROXIES, Choices, plan
from sync.steps import Line, Step, Write, do, in_words


def add_commands(subparsers: Any) -> None:
    """Adds install."""
    parser = add_parser(
        subparsers,
        "install",
        install,
        "put the centre on this Debian machine: user, program, PostgreSQL, services, TLS proxy",
        "  adal-sync install --domain adal.example.kz --wheel adal-0.1.0-py3-none-any.whl --dry-run\n"
        "  adal-sync install --domain adal.example.kz --wheel adal-0.1.0-py3-none-any.whl\n\n"
        "Needs root, but not for --dry-run. Doing it again changes nothing that is right already;\n"
        "with a newer wheel it is the upgrade.",
    )
    parser.add_argument("--domain", required=True, help="the name that kiosks and people use")
    parser.add_argument("--wheel", required=True, type=Path, metavar="FILE", help="the program")
    parser.add_argument(
        "--requirements",
        type=Path,
        metavar="FILE",
        help="requirements/server.txt: exact versions with hashes",
    )
    parser.add_argument("--proxy", choices=PROXIES, default="caddy", help="default: %(default)s")
    parser.add_argument("--port", type=int, default=8484, help="default: %(default)s")
    parser.add_argument(
        "--keep", type=int, default=14, metavar="N", help="nights of backups (default: %(default)s)"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only print each file and each command"
    )


def install(options: argparse.Namespace) -> int:
    """Does or prints the steps."""
    steps = plan(
        Choices(
            options.domain,
            options.wheel,
            options.proxy,
            options.port,
            options.keep,
            options.requirements,
        )
    )
    if options.dry_run:
        show(options, {"steps": list(in_words(steps))}, "\n".join(in_words(steps)))
        return DONE
    _require_ready(options)
    done = 0
    for step, was_needed in do(steps):
        done += was_needed
        if not options.json:
            print(f"{'done' if was_needed else 'as it should be'}: {_name(step)}", flush=True)
    show(options, {"steps": len(steps), "done": done}, _AFTERWARDS.format(domain=options.domain))
    return DONE


_AFTERWARDS = """
The centre runs: https://{domain}/   (journalctl -u adal-centre)
Now the first account:
  systemd-run --pipe --wait --uid=adal -p EnvironmentFile=/etc/adal/centre.env \\
    /opt/adal/venv/bin/adal-sync admin create --email … --name …
Mail for alarms: /etc/adal/centre.env, then systemctl restart adal-centre"""


def _require_ready(options: argparse.Namespace) -> None:
    if os.geteuid() != 0:
        raise ConfigError("Installing needs root; --dry-run shows what would be done.")
    for path in (options.wheel, options.requirements):
        if path is not None and not path.is_file():
            raise ConfigError(f"{path} is not there.")
    if not Path("/run/systemd/system").is_dir():
        raise ConfigError("This machine does not run systemd; --dry-run shows what is needed.")


def _name(step: Step) -> str:
    if isinstance(step, Write | Line):
        return step.path
    words: Sequence[str] = list(in_words([step]))
    return words[0]
