"""What came of films, and the figures that are made of it."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console


@dataclass(frozen=True)
class Outcome:
    """``at_s`` is None when nothing was read; ``stage`` is that which read."""

    at_s: float | None = None
    is_right: bool = False
    stage: str = ""

    @property
    def is_wrong(self) -> bool:
        """A code was told, and it is not the pack's."""
        return self.at_s is not None and not self.is_right


@dataclass(frozen=True)
class Watched:
    """What came of one film; per way of reading: was it right, and after how many seconds.

    `circle_modules` and `glare`: how it was taken. `engines_read`: None where none looked.
    """

    seed: int
    circle_modules: float
    glare: float
    engines_read: bool | None
    engines_wrong: bool
    ours: Outcome
    ours_catalogue: Outcome

    @property
    def is_hard(self) -> bool:
        """No engine can read it."""
        return self.engines_read is False


class Kept:
    """Films watched so far, in a file of one line each: a run that was cut short goes on there."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.films = {} if path is None else _read(path)

    def add(self, result: Watched) -> None:
        """One film more, on disk at once."""
        self.films[result.seed] = result
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(result)) + "\n")


def _read(path: Path) -> dict[int, Watched]:
    if not path.exists():
        return {}
    films = (_watched(json.loads(line)) for line in path.read_text("utf-8").splitlines())
    return {film.seed: film for film in films}


def _watched(line: dict[str, Any]) -> Watched:
    ways = {way: Outcome(**line.pop(way)) for way in ("ours", "ours_catalogue")}
    return Watched(**line, **ways)


def so_far(results: list[Watched]) -> str:
    """Beside the progress bar."""
    hard = [r for r in results if r.is_hard]
    ours, shop = (_read_percent([getattr(r, w) for r in hard]) for w in ("ours", "ours_catalogue"))
    wrong = sum(r.ours.is_wrong or r.ours_catalogue.is_wrong for r in results)
    return f"Watching ({len(hard)} hard: {ours} %, with catalogue {shop} %, wrong {wrong})"


def figures(results: list[Watched]) -> dict[str, Any]:
    """See clips.py for what they mean."""
    hard = [r for r in results if r.is_hard]
    return {
        "clips": len(results),
        "engines_looked_at": sum(r.engines_read is not None for r in results),
        "engines_read": sum(r.engines_read is True for r in results),
        "engines_wrong": sum(r.engines_wrong for r in results),
        "hard": len(hard),
        "hard_by_defocus_modules": _shares(hard, _by_defocus),
        "hard_by_glare": _shares(hard, _by_glare),
        **_way("ours", results, hard),
        **_way("ours_catalogue", results, hard),
    }


def _by_defocus(result: Watched) -> str:
    low = min(int(result.circle_modules / 0.5) * 0.5, 3.5)
    return f"{low:.1f} to {low + 0.5:.1f}"


def _by_glare(result: Watched) -> str:
    if result.glare == 0:
        return "none"
    return "weak" if result.glare < 1 else "blinding"


def _shares(hard: list[Watched], key: Callable[[Watched], str]) -> dict[str, dict[str, int]]:
    """For each group of films: how many were hard, and how many of those were read each way."""
    shares = {}
    for name in sorted({key(result) for result in hard}):
        group = [result for result in hard if key(result) == name]
        shares[name] = {
            "hard": len(group),
            "ours": sum(result.ours.is_right for result in group),
            "ours_catalogue": sum(result.ours_catalogue.is_right for result in group),
        }
    return shares


def _way(name: str, results: list[Watched], hard: list[Watched]) -> dict[str, Any]:
    every = [getattr(r, name) for r in results]
    hard_ones = [getattr(r, name) for r in hard]
    at_s = sorted(o.at_s for o in hard_ones if o.is_right)
    return {
        f"{name}_hard_read": len(at_s),
        f"{name}_hard_read_percent": _read_percent(hard_ones),
        f"{name}_all_read": sum(o.is_right for o in every),
        f"{name}_wrong": sum(o.is_wrong for o in every),
        f"{name}_hard_median_s": round(statistics.median(at_s), 2) if at_s else None,
        f"{name}_hard_p95_s": round(at_s[int(len(at_s) * 0.95)], 2) if at_s else None,
    }


def _read_percent(outcomes: list[Outcome]) -> float | None:
    if not outcomes:
        return None
    return round(100 * sum(o.is_right for o in outcomes) / len(outcomes), 1)


def name_misses(results: list[Watched], console: Console) -> None:
    """The films that were missed, and those that were read wrong."""
    for result in results:
        for name in ("ours", "ours_catalogue"):
            outcome: Outcome = getattr(result, name)
            if outcome.is_wrong:
                console.print(f"seed {result.seed} {name}: wrong, by {outcome.stage}")
            elif not outcome.is_right:
                console.print(f"seed {result.seed} {name}: not read")
