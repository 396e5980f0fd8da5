"""The command line, and without words the kiosk itself. Script: ``adal-kiosk``.

Nothing heavy is imported up here: each command brings its own.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.backup import carry_out_restore
from kiosk.config import Config, load_config
from kiosk.domain.errors import AdalError, ConfigError
from kiosk.facts import ROOT
from kiosk.local_settings import laid_over

if TYPE_CHECKING:
    from kiosk.domain.products import Catalogue

EXAMPLES = """examples:
  python -m kiosk                                   the kiosk, with config.toml
  python -m kiosk demo                              a demo shop with its own central server
  python -m kiosk enrol --server https://centre.example.kz --code 7KQ2-M8XP
  python -m kiosk count n1000=2 n500=4 c100=10      what the cash box holds
  python -m kiosk journal verify                    is the journal whole and unchanged?
  python -m kiosk volunteer add "Asel"              somebody who may come into the back room
  python -m kiosk products import goods.xlsx        goods and prices from a table
  python -m kiosk backup /media/stick               a copy of everything, checked
  python -m kiosk scan pack.jpg                     what is written in these bars?
  python -m kiosk doctor                            what is wrong here, and what to do?
"""

DONE, FAILED = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code: 0 done, 1 failed, 2 wrong words."""
    words = list(sys.argv[1:] if argv is None else argv)
    early, rest = _common_options().parse_known_args(words)
    logging.basicConfig(
        level=logging.INFO if early.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        config, trouble = _settings(early.config, ask_doctor=rest[:1] == ["doctor"])
        directory = data_directory(config, early.data)
        if not rest:
            from kiosk.front_room import run_window

            carry_out_restore(directory)
            return run_window(laid_over(early.config, directory), directory)
        options = _parser(directory, config, trouble).parse_args(words)
        return int(options.run(options))
    except AdalError as error:
        sys.stderr.write(f"adal-kiosk: {error}\n")
        return FAILED
    except OSError as error:
        what = f"{error.filename or 'A file'}: {error.strerror or error}"
        sys.stderr.write(f"adal-kiosk: {what}. Check that it is there and may be written.\n")
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def data_directory(config: Config, chosen: Path | None) -> Path:
    """Where the journal lives: as asked for, as configured, or the usual place."""
    directory = chosen or (Path(config.storage.directory) if config.storage.directory else None)
    if directory is None:
        from platformdirs import user_data_path

        directory = user_data_path("adal")
    return directory


def _settings(path: Path, *, ask_doctor: bool) -> tuple[Config, str]:
    """The file's settings, and what is wrong with it: the doctor alone goes on without them."""
    try:
        return load_config(path), ""
    except ConfigError as error:
        if not ask_doctor:
            raise
        return Config(), str(error)


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, default=ROOT / "config.toml", help="settings (default: %(default)s)"
    )
    common.add_argument("--data", type=Path, help="folder of the journal (default: by config.toml)")
    common.add_argument("--verbose", action="store_true", help="say more on the way")
    return common


def _parser(directory: Path, config: Config, trouble: str) -> argparse.ArgumentParser:
    """The whole command line; its modules are only imported when it is used."""
    from kiosk import boxcount, demo, enrolling, products_command
    from kiosk.admin import pin_command
    from kiosk.backup import command as backup_command
    from kiosk.centre_line import UPLOAD_STATE_FILE
    from kiosk.doctor import command as doctor_command
    from kiosk.front_room import make_app
    from kiosk.install import command as install_command
    from kiosk.journal import commands as journal_commands
    from kiosk.scanner import command as scan_command
    from kiosk.scanner.known import known_codes
    from kiosk.scanner.sources import make_source
    from kiosk.screens.window import WindowSettings, harden

    parser = argparse.ArgumentParser(
        prog="adal-kiosk",
        description="Adal, the self-checkout of a shop without a seller.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_common_options()],
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    demo.add_command(commands, make_app)
    enrolling.add_command(commands, directory)
    boxcount.add_command(commands, directory, config.cash.kinds)
    journal_commands.add_commands(commands, directory)
    pin_command.add_command(commands, directory)
    products_command.add_command(commands, directory)
    backup_command.add_command(commands, directory)
    doctor_command.add_command(
        commands,
        config,
        directory,
        ROOT,
        harden=lambda: harden(WindowSettings()),
        upload_state=UPLOAD_STATE_FILE,
        trouble=trouble,
    )
    install_command.add_commands(commands, ROOT)
    scan_command.add_command(
        commands,
        lambda: make_source(str(config.camera.source)),
        lambda: known_codes(_goods_at_rest(directory)),
    )
    return parser


def _goods_at_rest(directory: Path) -> Catalogue:
    """The goods as a kiosk last noted them; its journal is not opened, so it may be running."""
    from kiosk.catalogue import CatalogueStore
    from kiosk.journal import Journal
    from kiosk.late_journal import LateJournal
    from kiosk.shelf import LocalShelf

    journal = LateJournal(lambda: Journal.open(directory))
    return LocalShelf(CatalogueStore(directory), journal).catalogue


if __name__ == "__main__":
    sys.exit(main())
