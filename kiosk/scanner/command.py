"""``python -m kiosk scan``: reads pictures or the camera, and says how each code was read."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.domain.barcode import read_code
from kiosk.domain.errors import BarcodeError, CameraError

if TYPE_CHECKING:
    from kiosk.scanner.decode import Read
    from kiosk.scanner.frames import Pixels
    from kiosk.scanner.known import KnownCodes
    from kiosk.scanner.sources import SourceMaker

ALL_READ, SOME_NOT_READ = 0, 1
_FRAME_TIMEOUT_S = 1.0
_SAME_PACK_S = 2.0

EXAMPLES = """examples:
  python -m kiosk scan pack.jpg shelf.png      one line for each code
  python -m kiosk scan --json pack.jpg         one JSON object a line
  python -m kiosk scan --catalogue pack.jpg    only codes of this kiosk's goods count
  python -m kiosk scan --camera                the configured camera, until Ctrl-C
"""

Knows = Callable[[], "KnownCodes"]


def add_command(subparsers: Any, camera: Callable[[], SourceMaker], known: Knows) -> None:
    """Adds ``scan``; `camera` makes the configured camera, `known` looks up this kiosk's goods."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "scan",
        help="read barcodes in pictures or from the camera",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Reads barcodes and says by which stage, and how long it took. "
        "The exit code is 0 when every picture gave a code, else 1.",
    )
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="pictures")
    parser.add_argument("--camera", action="store_true", help="read the configured camera")
    parser.add_argument(
        "--catalogue", action="store_true", help="only codes of this kiosk's goods count"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=lambda options: _run(options, parser, camera, known))


def _run(
    options: argparse.Namespace,
    parser: argparse.ArgumentParser,
    camera: Callable[[], SourceMaker],
    known: Knows,
) -> int:
    if bool(options.files) == options.camera:
        parser.error("name pictures, or --camera")
    from kiosk.scanner.photo import PhotoReader

    reader = PhotoReader(known() if options.catalogue else None)
    tell = _json_line if options.json else _text_line
    if options.camera:
        return _watch(reader, camera(), tell)
    return _read_files(reader, options.files, tell)


def _read_files(reader: Any, files: Iterable[Path], tell: Callable[..., str]) -> int:
    code = ALL_READ
    for file in files:
        reads, took_ms = _timed(reader, _grey(file))
        for read in reads:
            _say(tell(str(file), read, took_ms))
        if not reads:
            code = SOME_NOT_READ
            _say(tell(str(file), None, took_ms))
    return code


def _watch(reader: Any, make_source: SourceMaker, tell: Callable[..., str]) -> int:
    """Every frame that shows a code that was not told in the last two seconds."""
    told: dict[str, float] = {}
    for luma in _frames(make_source):
        reads, took_ms = _timed(reader, luma)
        now_s = time.monotonic()
        for read in reads:
            if now_s - told.get(read.text, -_SAME_PACK_S) >= _SAME_PACK_S:
                _say(tell("camera", read, took_ms))
            told[read.text] = now_s
    return ALL_READ


def _frames(make_source: SourceMaker) -> Iterator[Pixels]:
    source = make_source()
    source.open()
    try:
        while True:
            frame = source.read(_FRAME_TIMEOUT_S)
            if frame is not None:
                yield frame.luma()
    except KeyboardInterrupt:
        return
    finally:
        source.close()


def _timed(reader: Any, luma: Pixels) -> tuple[tuple[Read, ...], float]:
    began_s = time.perf_counter()
    reads: tuple[Read, ...] = reader.read(luma)
    return reads, (time.perf_counter() - began_s) * 1e3


def _grey(file: Path) -> Pixels:
    """Raises CameraError for what is no picture."""
    import cv2

    from kiosk.scanner.frames import grey_of

    picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED) if file.is_file() else None
    if picture is None:
        raise CameraError(f"{file} cannot be read as a picture. Give PNG, JPEG, WebP or BMP.")
    return grey_of(picture)


def _facts(source: str, read: Read | None, took_ms: float) -> dict[str, Any]:
    """One line's facts; ``gtin14`` is None for a code that names no product."""
    facts: dict[str, Any] = {"source": source, "code": None, "ms": round(took_ms, 1)}
    if read is None:
        return facts
    return facts | {
        "code": read.text,
        "symbology": str(read.symbology),
        "gtin14": _gtin14(read),
        "stage": read.stage,
        "centre": [round(read.centre[0], 1), round(read.centre[1], 1)],
    }


def _gtin14(read: Read) -> str | None:
    try:
        return read_code(read.symbology, read.text)[0].gtin14
    except BarcodeError:
        return None


def _json_line(source: str, read: Read | None, took_ms: float) -> str:
    return json.dumps(_facts(source, read, took_ms), ensure_ascii=False)


def _text_line(source: str, read: Read | None, took_ms: float) -> str:
    if read is None:
        return f"{source}: no code read  {took_ms:.1f} ms"
    return f"{source}: {read.text}  {read.symbology}  {read.stage}  {took_ms:.1f} ms"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
