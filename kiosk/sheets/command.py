"""``python -m kiosk products import FILE | export FILE``.

Exit codes: 0 done, 1 the sheet has faults and nothing was changed, 2 it could not be done.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from kiosk.domain.errors import AdalError
from kiosk.domain.products import Catalogue, Product
from kiosk.sheets.columns import TITLES
from kiosk.sheets.faults import SheetError, Wrong, sentence
from kiosk.sheets.preview import NewId, Preview, preview
from kiosk.sheets.read import Progress, read_table
from kiosk.sheets.write import Format, write_products, write_template

OK, FAULTY, UNABLE = 0, 1, 2
LINES_MAX = 50
BY = "command"
"""Who changed the products when it was this command and not a volunteer."""

_EXAMPLES = {
    "import": (
        "  python -m kiosk products import goods.xlsx --dry-run\n"
        "  python -m kiosk products import goods.csv --by aigul --json"
    ),
    "export": (
        "  python -m kiosk products export goods.xlsx --language ru\n"
        "  python -m kiosk products export empty.xlsx --template"
    ),
}


class Shop(Protocol):
    """A kiosk's products, for one command."""

    @property
    def catalogue(self) -> Catalogue:
        """What is in effect."""

    @property
    def stock(self) -> Mapping[str, int]:
        """Pieces by product id."""

    def save(self, products: Sequence[Product], by: str) -> None:
        """All in effect on return, or none and an error."""


OpenShop = Callable[[Path], AbstractContextManager[Shop]]
"""Opens the shop whose data lie in that directory; an AdalError when that is not possible."""


def add_command(
    subparsers: Any, default_directory: Path, open_shop: OpenShop, new_id: NewId
) -> None:
    """Adds ``products …`` to a program's commands.

    Each command sets ``run``, a function from the parsed arguments to an exit code.
    """
    parser = subparsers.add_parser("products", help="read or write this kiosk's goods as a table")
    commands = parser.add_subparsers(dest="products_command", required=True, metavar="COMMAND")

    def importing(args: argparse.Namespace) -> int:
        return _import(args, open_shop, new_id)

    def exporting(args: argparse.Namespace) -> int:
        return _export(args, open_shop)

    one = _add(commands, "import", importing, default_directory, "take goods from a table over")
    one.add_argument("--dry-run", action="store_true", help="only say what would change")
    one.add_argument("--by", default=BY, metavar="WHO", help="who stands in the journal")
    one = _add(commands, "export", exporting, default_directory, "write all goods as a table")
    one.add_argument("--template", action="store_true", help="an empty table with an example")
    one.add_argument(
        "--language", choices=sorted(TITLES), default="en", help="of the headings (default en)"
    )


def _add(
    commands: Any,
    name: str,
    command: Callable[[argparse.Namespace], int],
    default_directory: Path,
    text: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"examples:\n{_EXAMPLES[name]}\n\nexit codes: 0 done, 1 faults, 2 not done",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file ending in .xlsx or .csv")
    parser.add_argument(
        "--data",
        type=Path,
        default=default_directory,
        metavar="DIR",
        help="the kiosk's directory (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
    parser.set_defaults(run=lambda args: _run(command, args))
    return parser


def _run(command: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Runs a command; what it cannot do it says in one line."""
    try:
        return command(args)
    except AdalError as error:
        if args.json:
            _line({"ok": False, "error": str(error)})
        else:
            sys.stderr.write(f"{error}\n")
        return UNABLE


def _import(args: argparse.Namespace, open_shop: OpenShop, new_id: NewId) -> int:
    with _bar("Reading") as advance:
        table = read_table(args.file, advance)
    with open_shop(args.data) as shop:
        with _bar("Comparing") as advance:
            found = preview(
                table, shop.catalogue, new_id, taken_ids=frozenset(shop.stock), progress=advance
            )
        apply = found.can_apply and not args.dry_run
        if apply:
            shop.save(found.products, args.by)
    if args.json:
        _line(_fields(found, applied=apply))
    else:
        _print(found, applied=apply)
    return FAULTY if found.faults else OK


def _export(args: argparse.Namespace, open_shop: OpenShop) -> int:
    path: Path = args.file
    if path.suffix.lower() not in {f".{each}" for each in Format}:
        raise SheetError(Wrong.NOT_A_SHEET)
    count = 0
    if args.template:
        write_template(path, language=args.language)
    else:
        with open_shop(args.data) as shop:
            products, stock = shop.catalogue.products, shop.stock
        with _bar("Writing") as advance:
            write_products(path, products, stock, language=args.language, progress=advance)
        count = len(products)
    if args.json:
        _line({"ok": True, "products": count, "out": str(path)})
    else:
        _say(f"{count} products written to {path}.")
    return OK


def _fields(found: Preview, *, applied: bool) -> dict[str, Any]:
    return {
        "ok": not found.faults,
        "applied": applied,
        "new": [change.product.product_id for change in found.new],
        "changed": {
            change.product.product_id: {f.column.value: [f.before, f.after] for f in change.fields}
            for change in found.changed
        },
        "unchanged": found.unchanged,
        "faults": [
            {"row": f.row, "column": f.column, "what": sentence(f.wrong, f.values)}
            for f in found.faults
        ],
        "columns_not_read": list(found.not_read),
    }


def _print(found: Preview, *, applied: bool) -> None:
    changed = [
        f"row {change.row}: {change.product.product_id}: {f.column} {f.before!r} -> {f.after!r}"
        for change in found.changed
        for f in change.fields
    ]
    faults = [
        f"row {f.row}, column {f.column}: {sentence(f.wrong, f.values)}" for f in found.faults
    ]
    _list([f"row {change.row}: new {change.product.product_id}" for change in found.new])
    _list(changed)
    _list(faults)
    if found.not_read:
        _say(f"Columns that are not read: {', '.join(found.not_read)}")
    _say(
        f"{len(found.new)} new, {len(found.changed)} changed, {found.unchanged} unchanged, "
        f"{len(found.faults)} faults; {'applied' if applied else 'nothing was changed'}."
    )


def _list(lines: list[str]) -> None:
    for line in lines[:LINES_MAX]:
        _say(line)
    if len(lines) > LINES_MAX:
        _say(f"… and {len(lines) - LINES_MAX} more")


@contextlib.contextmanager
def _bar(text: str) -> Iterator[Progress]:
    """A progress bar on the error stream, so that the answer stays clean; only for people."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (TextColumn(text), BarColumn(), TaskProgressColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(text, total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _line(fields: dict[str, Any]) -> None:
    _say(msgspec.json.encode(fields).decode())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
