"""What ``adal-sync verify`` holds against a journal besides itself: checkpoints somebody kept."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from kiosk.domain.chain import StoredEntry
from sync import checkpoints
from sync.journalfile import Line
from sync.proof import PUBLIC_KEY_SIZE_BYTES
from sync.wire import from_base64


def add_options(parser: argparse.ArgumentParser) -> None:
    """``--checkpoint`` and ``--server-key``."""
    parser.add_argument(
        "--checkpoint",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="a checkpoint that somebody kept; may be given several times",
    )
    parser.add_argument(
        "--server-key",
        metavar="BASE64",
        help="the centre's public key, known from elsewhere; else the one in the checkpoint",
    )


class Kept:
    """The checkpoints that were given, and what a journal that is read shows of them.

    Raises:
        WireError: for a file that is no checkpoint, or a key that is none.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._kept = [checkpoints.read_file(path) for path in options.checkpoint]
        self._key: bytes | None = None
        if options.server_key is not None:
            self._key = from_base64(options.server_key, PUBLIC_KEY_SIZE_BYTES, "centre's key")
        self._seen: list[StoredEntry] = []

    def watch(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The same lines, noticed on their way; their payloads are not kept."""
        for line in lines:
            if self._kept:
                self._seen.append(replace(line.entry, payload=b"", signature=b""))
            yield line

    def faults(self) -> list[str]:
        """What contradicts the checkpoints, once all lines have passed."""
        found = [
            fault
            for one in self._kept
            for fault in checkpoints.check(self._seen, one, self._key, earlier=self._kept)
        ]
        return list(dict.fromkeys(found)) + checkpoints.check_links(self._kept)
