"""``adal-kiosk install`` and ``adal-kiosk update``.

Exit codes: 0 done, 1 not done, 2 wrong words.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from kiosk.domain.errors import ConfigError
from kiosk.install.plan import PROGRAM, SCREENS, Choices, after_program, before_program
from kiosk.install.versions import Version, Versions
from sync.steps import Step, Write, do, in_words

_INSTALL_EXAMPLES = """what it does: packages, a user of its own, the program in /opt/adal/kiosk, settings in
/etc/adal/kiosk.toml (never overwritten), a service that fills the screen after every start, a
watchdog, a nightly backup, sticks that mount themselves. Doing it again is harmless.

examples:
  ./run kiosk install --dry-run                 what it would do
  sudo ./run kiosk install                      this checkout of the program
  sudo ./run kiosk install --screen x           with an X server, without cage
  sudo adal-kiosk install --wheel adal-0.1.0-py3-none-any.whl --requirements kiosk.txt

exit codes: 0 done, 1 not done (it says what failed; start it again, it goes on from there)
"""
_UPDATE_EXAMPLES = """The newer version is installed beside the present one, looked at, started, and watched for half
a minute. If it does not run, the one before runs again by itself.

examples:
  sudo ./run kiosk update                       this checkout of the program
  sudo adal-kiosk update --wheel adal-0.2.0-py3-none-any.whl --requirements kiosk.txt
  sudo adal-kiosk update --back

exit codes: 0 the newer version runs, 1 the one before does
"""


def add_commands(subparsers: Any, root: Path) -> None:
    """Adds ``install`` and ``update``; ``root``: where the shipped config.toml lies."""
    parser = _parser(subparsers, "install", "make this machine a kiosk", _INSTALL_EXAMPLES)
    _add_version(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say every file and command")
    parser.add_argument(
        "--screen", choices=tuple(SCREENS), help="what draws on the panel (default: cage, else x)"
    )
    parser.add_argument("--keep", type=int, default=7, help="nightly backups that stay (default 7)")
    parser.set_defaults(run=lambda options: _install(options, root))
    parser = _parser(subparsers, "update", "change to a newer version, or back", _UPDATE_EXAMPLES)
    _add_version(parser)
    parser.add_argument("--back", action="store_true", help="to the version before")
    parser.set_defaults(run=lambda options: _update(options, root))


def _parser(subparsers: Any, name: str, text: str, epilog: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wheel", type=Path, help="the program (default: made of this checkout)")
    parser.add_argument(
        "--requirements", type=Path, help="exact versions of its libraries, with hashes"
    )


def _install(options: argparse.Namespace, root: Path) -> int:
    settings = (root / "config.toml").read_text("utf-8")
    wanted = (options.screen,) if options.screen else tuple(SCREENS)
    choices = [Choices(settings, screen, options.keep) for screen in wanted]
    if options.dry_run:
        _say_all(choices[0], str(options.wheel or "the program"))
        return 0
    _require_root()
    _require_files(options)
    with _version(options, root) as version:
        _install_first_that_runs(choices, version)
    _say("The kiosk runs. What to look at: adal-kiosk doctor")
    return 0


def _install_first_that_runs(choices: Sequence[Choices], version: Version) -> None:
    """A panel that one way of drawing does not know, another may."""
    for number, one in enumerate(choices, 1):
        _do(before_program(one), f"Preparing, with {one.screen}")
        _do(after_program(), "Switching on")
        try:
            Versions(Path(PROGRAM)).bring(version, _say)
        except ConfigError as error:
            if number == len(choices):
                raise
            _say(f"{error}\nNot with {one.screen}.")
        else:
            return


def _say_all(choices: Choices, program: str) -> None:
    before, after = in_words(before_program(choices)), in_words(after_program())
    put = f"# {program} into {PROGRAM}/a or b, the other version stays; {PROGRAM}/current is a link"
    sys.stdout.write("\n".join([*before, put, *after, ""]))


def _update(options: argparse.Namespace, root: Path) -> int:
    if options.back and options.wheel:
        raise ConfigError("Say either --wheel FILE or --back; see: adal-kiosk update --help")
    _require_files(options)
    _require_root()
    versions = Versions(Path(PROGRAM))
    if versions.current is None:
        raise ConfigError("Nothing is installed here yet; see: adal-kiosk install --help")
    if options.back:
        versions.back(_say)
        return 0
    with _version(options, root) as version:
        versions.bring(version, _say)
    return 0


def _require_files(options: argparse.Namespace) -> None:
    for path in (options.wheel, options.requirements):
        if path is not None and not path.is_file():
            raise ConfigError(f"{path}: no such file.")


@contextmanager
def _version(options: argparse.Namespace, root: Path) -> Iterator[Version]:
    """What was named; else a wheel of this checkout, with the versions that it was tested with."""
    if options.wheel is not None:
        requirements = options.requirements
        yield Version(options.wheel.absolute(), requirements and requirements.absolute())
        return
    if not (root / "pyproject.toml").is_file():
        raise ConfigError("Name the program: --wheel FILE")
    with tempfile.TemporaryDirectory(prefix="adal-wheel-") as folder:
        _say("Making a wheel of this checkout")
        words = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, root)
        if subprocess.run(words, check=False).returncode:
            raise ConfigError("The wheel could not be made; see above.")
        wheel = next(Path(folder).glob("adal-*.whl"))
        yield Version(wheel, options.requirements or root / "requirements" / "kiosk.txt")


def _do(steps: list[Step], doing: str) -> None:
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(doing, total=len(steps))
        for step, was_needed in do(steps):
            if was_needed:
                bar.console.print(_short(step), highlight=False, markup=False)
            bar.advance(task)


def _short(step: Step) -> str:
    if isinstance(step, Write):
        return step.path
    return next(in_words([step]))[:100]


def _require_root() -> None:
    if os.geteuid() != 0:
        raise ConfigError("Only root may do that: put sudo before it, or --dry-run behind it.")
    if not Path("/run/systemd/system").is_dir():
        raise ConfigError("This machine does not run systemd; --dry-run shows what is needed.")


def _say(words: str) -> None:
    sys.stderr.write(f"· {words}\n")
