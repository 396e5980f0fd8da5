"""Counts what one reader made of labelled photographs."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.bench.scan_photos import Photo
from tests.bench.scan_readers import Answer, Reader

_UNPRINTED = re.compile(r"<(GS|SOH|DLE|RS|EOT)>|[\x01\x04\x10\x1d\x1e]")


@dataclass(frozen=True)
class Result:
    """One photograph's outcome; ``ms`` is the faster of two readings."""

    is_read: bool
    wrong: tuple[str, ...]
    ms: float


class Tally:
    """One reader's results by file."""

    def __init__(self) -> None:
        self._results: dict[str, Result] = {}

    def take(self, photo: Photo, reader: Reader) -> None:
        """Reads a photograph and keeps what came of it."""
        answers, ms = _timed(photo, reader)
        wrong = {code for code, _ in answers if code is not None and code != photo.gtin14}
        self._results[photo.file] = Result(_is_read(photo, answers), tuple(sorted(wrong)), ms)

    def wrong(self, photos: Iterable[Photo]) -> int:
        """Photographs with a retail code that is not theirs."""
        return sum(bool(self._results[photo.file].wrong) for photo in photos)

    def row(self, photos: list[Photo]) -> dict[str, Any]:
        """One group's figures; times are of the photographs that were read."""
        took = sorted(r.ms for photo in photos if (r := self._results[photo.file]).is_read)
        every = sorted(self._results[photo.file].ms for photo in photos)
        return {
            "read": len(took),
            "wrong": self.wrong(photos),
            "total": len(photos),
            "median_ms": round(statistics.median(took), 2) if took else None,
            "p95_ms": round(took[int(len(took) * 0.95)], 1) if took else None,
            "p95_all_ms": round(every[int(len(every) * 0.95)], 1),
        }

    def misses(self) -> Iterator[str]:
        """What was not read, or wrong."""
        for file, result in self._results.items():
            if result.wrong:
                yield f"{file} wrong {' '.join(result.wrong)}"
            elif not result.is_read:
                yield f"{file} not read"


def _timed(photo: Photo, reader: Reader) -> tuple[list[Answer], float]:
    """Twice, because the first time pays for cold caches; slow readings are not repeated."""
    began_s = time.perf_counter()
    answers = reader(photo.grey)
    first_ms = (time.perf_counter() - began_s) * 1e3
    if first_ms > 50:
        return answers, first_ms
    began_s = time.perf_counter()
    reader(photo.grey)
    return answers, min(first_ms, (time.perf_counter() - began_s) * 1e3)


def _is_read(photo: Photo, answers: list[Answer]) -> bool:
    if photo.gtin14 is not None:
        return any(code == photo.gtin14 for code, _ in answers)
    return bool(photo.symbology) and any(_plain(text) == _plain(photo.text) for _, text in answers)


def _plain(text: str) -> str:
    """Without what labels and engines write differently: separators, line ends, quotes."""
    return re.sub(r"\s+", " ", _UNPRINTED.sub("", text.replace('\\"', '"'))).strip()
