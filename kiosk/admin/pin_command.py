"""``python -m kiosk volunteer``: for an operator, when all PINs are forgotten or to begin with."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.admin.pin_file import PinError
from kiosk.admin.pins import PinBook

EXAMPLES = """examples:
  python -m kiosk volunteer add "Әсел"                 asks for the PIN twice, without showing it
  echo 204817 | python -m kiosk volunteer add "Әсел" --pin-stdin
  python -m kiosk volunteer list
  python -m kiosk volunteer set-pin v1                 she has forgotten hers
  python -m kiosk volunteer remove v1
  python -m kiosk volunteer reset-delay                the door is shut after wrong PINs; open it

The kiosk may be running meanwhile; it sees the change when the door is next opened.
"""


def add_command(subparsers: Any, directory: Path) -> None:
    """Adds ``volunteer`` to the command line; ``directory`` is where the journal lies."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "volunteer",
        help="who may come into the back room, and their PINs",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    add = _action(actions, "add", "a new volunteer", _add, directory)
    add.add_argument("name", help="as it is shown on this kiosk; it is sent nowhere")
    set_pin = _action(actions, "set-pin", "another PIN for a volunteer", _set_pin, directory)
    set_pin.add_argument("volunteer", metavar="ID", help="as in the list, like v1")
    for with_pin in (add, set_pin):
        with_pin.add_argument(
            "--pin-stdin", action="store_true", help="read the PIN from the standard input, once"
        )
    listing = _action(actions, "list", "ids and names of all volunteers", _list, directory)
    listing.add_argument("--json", action="store_true", help="answer with one line of JSON")
    remove = _action(actions, "remove", "take a volunteer out", _remove, directory)
    remove.add_argument("volunteer", metavar="ID", help="as in the list, like v1")
    _action(actions, "reset-delay", "end the wait after wrong PINs", _reset_delay, directory)


def _action(
    actions: Any,
    name: str,
    text: str,
    run: Callable[[argparse.Namespace, PinBook], None],
    directory: Path,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=lambda options: _run(run, options, directory))
    return parser


def _run(
    run: Callable[[argparse.Namespace, PinBook], None], options: argparse.Namespace, directory: Path
) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    run(options, PinBook(directory))
    return 0


def _add(options: argparse.Namespace, pins: PinBook) -> None:
    known = pins.add(options.name, _pin(pins, options))
    _say(f"{known.volunteer_id} {known.name} may come in.")


def _set_pin(options: argparse.Namespace, pins: PinBook) -> None:
    pins.set_pin(options.volunteer, _pin(pins, options, for_id=options.volunteer))
    _say(f"{options.volunteer} has a new PIN.")


def _list(options: argparse.Namespace, pins: PinBook) -> None:
    pins.refresh()
    if options.json:
        people = [{"id": known.volunteer_id, "name": known.name} for known in pins.volunteers]
        _say(json.dumps({"volunteers": people, "failures": pins.failures}, ensure_ascii=False))
        return
    for known in pins.volunteers:
        _say(f"{known.volunteer_id}  {known.name}")
    if not pins.volunteers:
        _say("Nobody yet. Run: python -m kiosk volunteer add NAME")
    if pins.failures:
        _say(f"Wrong PINs since the last right one: {pins.failures}")


def _remove(options: argparse.Namespace, pins: PinBook) -> None:
    pins.remove(options.volunteer)
    _say(f"{options.volunteer} may not come in any more.")


def _reset_delay(_options: argparse.Namespace, pins: PinBook) -> None:
    pins.reset_delay()
    _say("The door takes PINs again; leave it and open it once more.")


def _pin(pins: PinBook, options: argparse.Namespace, *, for_id: str = "") -> str:
    """The PIN from where it comes; never from the command line, where others could see it."""
    if options.pin_stdin:
        return sys.stdin.readline().strip()
    if not sys.stdin.isatty():
        raise PinError("There is no terminal to ask for the PIN. Pipe it in with --pin-stdin.")
    pin = getpass.getpass("PIN: ")
    pins.refuse_unusable(pin, for_id=for_id)
    if getpass.getpass("Once more: ") != pin:
        raise PinError("The two PINs were not the same. Run the command again.")
    return pin


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
