"""Taking numbers home: from the centre into CSV, JSON lines or Parquet, page by page.

Each epoch of each kiosk is a chain that only grows. A download asks the centre how far it holds
each chain, and then only for what it does not have yet. Rows land in ``FILE.part``; after each
page ``FILE.part.state`` notes how far they are good, so that a download that breaks off goes on
where it stopped. When it is complete, the file takes its place and ``FILE.state`` beside it
remembers the chains: ``--since last`` adds what came since.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from kiosk.domain.errors import SyncError, WireError
from sync import wire
from sync.centre import Centre
from sync.pull_work import Question, Taken, Work

__all__ = [
    "LAST",
    "PAGE_ROWS",
    "TABLES",
    "Progress",
    "PullCentre",
    "Question",
    "Taken",
    "pull",
    "since",
]

PAGE_ROWS = 2000
LAST = "last"
TABLES = ("sales", "lines", "visits", "journal")

Progress = Callable[[int, int | None], None]
"""Called with entries looked at and entries in all."""


class _Page(msgspec.Struct, frozen=True):
    rows: list[dict[str, Any]]
    cursor: str | None


class _Chain(msgspec.Struct, frozen=True):
    shop: str
    kiosk_id: str
    epoch: int
    seq: int

    @property
    def name(self) -> str:
        return f"{self.kiosk_id}.{self.epoch}"


class _Chains(msgspec.Struct, frozen=True):
    chains: list[_Chain]


class PullCentre(Centre):
    """The centre as a program that reads sees it."""

    def get(self, path: str, params: dict[str, str]) -> bytes:
        """One answer as JSON."""
        answer = self._exchange(
            "GET", path, params=params, size_bytes_max=wire.CATALOGUE_SIZE_BYTES_MAX
        )
        return answer.data


def since(text: str) -> dict[str, str]:
    """``2026-11-30`` → a day at UTC+5; ``1200`` → entry numbers from there on.

    Raises:
        WireError: for anything else.
    """
    if text.isascii() and text.isdigit() and len(text) < 16:
        return {"since_seq": text}
    try:
        return {"since_day": date.fromisoformat(text).isoformat()}
    except ValueError as error:
        raise WireError(
            f"--since {text!r} is neither a day such as 2026-11-30, nor an entry's number, "
            "nor last."
        ) from error


def pull(centre: PullCentre, server: str, asked: Question, out: Path, progress: Progress) -> Taken:
    """Writes or continues a file.

    Args:
        centre: a connection with a token for reading.
        server: its address, which a file's later parts must come from too.
        asked: what to take.
        out: ends in ``.csv``, ``.jsonl`` or ``.parquet``; changes only when all has come.
        progress: told after each page.

    Raises:
        WireError: for another kind of file, or a question that this file does not answer.
        SyncError: the centre refused or cannot be reached, or the disk refuses. Calling again
            goes on where this stopped.
    """
    try:
        work = Work(server.rstrip("/"), asked, out)
        work.begin()
        try:
            _take(centre, asked, work, progress)
        except BaseException:
            work.give_up()
            raise
        return work.finish()
    except OSError as error:
        raise SyncError(f"{out} cannot be written ({error.strerror}); check the disk.") from error


def _take(centre: PullCentre, asked: Question, work: Work, progress: Progress) -> None:
    """All chains, page by page, each from where the file has it."""
    answer = centre.get("/chains", asked.only)
    chains = wire.decode(answer, _Chains).chains
    held = work.state.held
    total = sum(max(0, chain.seq - held.get(chain.name, 0)) for chain in chains)
    looked_at = 0
    for chain in chains:
        before = held.get(chain.name, 0)
        while held.get(chain.name, 0) < chain.seq:
            page = _page(centre, asked, chain, held.get(chain.name, 0))
            upto = chain.seq if page.cursor is None else _seq_of(page.cursor)
            if upto <= held.get(chain.name, 0):
                raise SyncError("The centre's pages do not go on; try again later.")
            # The centre may have more by now; that waits, so that every chain is of one moment.
            rows = [row for row in page.rows if row["seq"] <= chain.seq]
            work.add(rows, chain.name, min(upto, chain.seq))
            progress(looked_at + held[chain.name] - before, total)
        looked_at += max(0, chain.seq - before)
    progress(total, total)


def _page(centre: PullCentre, asked: Question, chain: _Chain, after_seq: int) -> _Page:
    params = {
        **asked.only,
        **asked.since,
        "shop": chain.shop,
        "kiosk_id": chain.kiosk_id,
        "epoch": str(chain.epoch),
        "limit": str(PAGE_ROWS),
    }
    params["since_seq"] = str(max(after_seq + 1, int(asked.since.get("since_seq", "0"))))
    return wire.decode(centre.get(f"/export/{asked.what}.json", params), _Page)


def _seq_of(cursor: str) -> int:
    digits = cursor.rpartition(".")[2]
    if not (digits.isascii() and digits.isdigit()):
        raise WireError("The centre sent a cursor of another kind; bring adal-sync up to date.")
    return int(digits)
