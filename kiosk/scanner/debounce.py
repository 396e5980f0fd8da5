"""Which of the codes in view are news: pure, told the time, keyed by code.

A held pack is one pack, however many frames show it. Keying by code, not by time, is what
keeps a different pack shown right after from being swallowed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

UNCLEAR_RATE = 1 / 3
"""How fast an absence grows while something like bars is in view but nothing can be read."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A code read in one frame.

    `trusted`: this one frame is enough to believe it; else it takes `votes` frames that agree.
    """

    key: str
    trusted: bool
    votes: int = 2


@dataclass(slots=True)
class _Presence:
    """What is remembered of one code."""

    away_s: float = 0.0
    reported: bool = False
    votes_s: tuple[float, ...] = ()


class Debounce:
    """Turns the codes of each frame into the codes to report.

    A code is reported once and again only after it was away for `away_s`. Absence grows
    with time, but more slowly while the view is unclear: a pack that is held askew for a
    moment has not left, and charging it twice is worse than asking for one more show.
    A code that is not trusted needs two frames or more within `agree_s`, because two engines
    can agree on the same wrong, checksum-valid code. If another such code came and went a moment
    ago, it needs as many frames more as that one had: one of the two is wrong, and the more often
    one was read, the likelier it is the right one.
    """

    def __init__(self, *, away_s: float = 1.2, agree_s: float = 2.0) -> None:
        self._away_s = away_s
        self._agree_s = agree_s
        self._presences: dict[str, _Presence] = {}
        self._in_view: frozenset[str] = frozenset()
        self._rate = 1.0
        self._now_s: float | None = None

    def frame(self, sightings: Iterable[Sighting], *, clear: bool, now_s: float) -> list[str]:
        """Take in one frame; return the keys to report, in the order given.

        `clear` says that nothing like a barcode is in view beside what was read.
        """
        in_this_frame = {sighting.key: sighting for sighting in sightings}
        self._pass_time(now_s)
        self._in_view = frozenset(in_this_frame)
        self._rate = 1.0 if clear or in_this_frame else UNCLEAR_RATE
        return [key for key, seen in in_this_frame.items() if self._is_news(seen, now_s)]

    def unchanged(self, *, now_s: float) -> None:
        """The view is what it was at the last frame: codes in view stay, others stay away."""
        self._pass_time(now_s)

    def wants_another_look(self) -> bool:
        """Whether a code in view still waits for its second frame."""
        return any(not self._presences[key].reported for key in self._in_view)

    def has_reported(self, key: str) -> bool:
        """Whether this code was told and has not left since."""
        presence = self._presences.get(key)
        return presence is not None and presence.reported

    def _pass_time(self, now_s: float) -> None:
        elapsed_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        for key, presence in self._presences.items():
            if key not in self._in_view:
                presence.away_s += elapsed_s * self._rate
        self._forget_the_gone()

    def _forget_the_gone(self) -> None:
        longest_s = max(self._away_s, self._agree_s)
        gone = [key for key, presence in self._presences.items() if presence.away_s > longest_s]
        for key in gone:
            del self._presences[key]

    def _is_news(self, seen: Sighting, now_s: float) -> bool:
        presence = self._presences.setdefault(seen.key, _Presence())
        if presence.away_s >= self._away_s:
            presence.reported = False
        presence.away_s = 0.0
        if presence.reported:
            return False
        recent_s = (vote_s for vote_s in presence.votes_s if now_s - vote_s <= self._agree_s)
        # The same instant twice is one frame, not two.
        presence.votes_s = (*(vote_s for vote_s in recent_s if vote_s < now_s), now_s)
        votes = seen.votes + self._votes_against(now_s)
        presence.reported = seen.trusted or len(presence.votes_s) >= votes
        return presence.reported

    def _votes_against(self, now_s: float) -> int:
        """Frames of late for a code that was never told and is not in view now."""
        others = (
            presence
            for key, presence in self._presences.items()
            if key not in self._in_view and not presence.reported
        )
        return max(
            (sum(now_s - at_s <= self._agree_s for at_s in other.votes_s) for other in others),
            default=0,
        )
