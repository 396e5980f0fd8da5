"""When entries were really made that a kiosk stamped under a wrong clock.

Kiosk and centre share this rule. The first ``clock_set`` that follows an entry within the same boot
of the machine tells, by the monotonic clock, how long before it the entry was made. What no
``clock_set`` speaks of keeps its stamp. Stamps are never rewritten, and order is ``seq``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

import msgspec

from kiosk.domain.entries import Stamp

CLOCK_SET = "clock_set"
LAST_MS = 253_402_300_799_999
"""The end of the year 9999 UTC, the latest that a stamp can say."""


class Told(msgspec.Struct, frozen=True, gc=False):
    """Of an entry no more than when it was made; ``server_ms`` of a ``clock_set`` alone."""

    type: str
    at_ms: int
    boot: str
    mono_ms: int
    server_ms: int | None = None

    @property
    def stamp(self) -> Stamp:
        """As the kiosk wrote it."""
        return Stamp(self.at_ms, self.boot, self.mono_ms)

    @property
    def heard_ms(self) -> int | None:
        """The centre's time that the kiosk heard; None for any other entry."""
        return self.server_ms if self.type == CLOCK_SET else None


_DECODER = msgspec.json.Decoder(Told)


def told(payload: bytes) -> Told | None:
    """Reads so much of an entry's bytes; None where even that cannot be read."""
    try:
        return _DECODER.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


class Anchor(NamedTuple):
    """A ``clock_set``: what it says of the entries between ``after_seq`` and ``seq``.

    ``zero_ms``: the true time, in milliseconds UTC, at which the monotonic clock stood at 0.
    ``server_ms``: when it was set.
    """

    seq: int
    after_seq: int
    boot: str
    zero_ms: int
    server_ms: int

    def true_ms(self, stamp: Stamp) -> int:
        """When an entry was made; its stamp where this anchor cannot say it."""
        at_ms = self.zero_ms + stamp.mono_ms
        is_told = stamp.boot == self.boot and 0 <= at_ms <= LAST_MS
        return at_ms if is_told else stamp.at_ms


def anchor_of(seq: int, after_seq: int, said: Told, server_ms: int) -> Anchor:
    """What a ``clock_set`` that heard ``server_ms`` says."""
    return Anchor(seq, after_seq, said.boot, server_ms - said.mono_ms, server_ms)


class Clock:
    """All that a kiosk heard of its clock in one epoch; ``anchors`` in their order."""

    __slots__ = ("anchors",)

    def __init__(self, anchors: Sequence[Anchor] = ()) -> None:
        self.anchors = tuple(anchors)

    def after(self, seq: int) -> Anchor | None:
        """The first ``clock_set`` that follows an entry."""
        index = bisect_right(self.anchors, seq, key=_seq_of)
        return None if index == len(self.anchors) else self.anchors[index]

    def true_ms(self, seq: int, stamp: Stamp) -> int:
        """When an entry was made, in milliseconds UTC: its stamp unless a clock was set later."""
        anchor = self.after(seq)
        return stamp.at_ms if anchor is None else anchor.true_ms(stamp)

    def speaking_of(self, first_seq: int, last_seq: int) -> Iterable[Anchor]:
        """Those that speak of entries from one number to another."""
        index = bisect_right(self.anchors, first_seq, key=_seq_of)
        return takewhile(lambda one: one.after_seq < last_seq, self.anchors[index:])

    def near(self, since_ms: int | None, until_ms: int | None) -> tuple[int, int] | None:
        """First and last number around the entries that may be truly of that time.

        Their stamps may say anything. None when there are none.
        """
        found = [
            one
            for one in self.anchors
            if (since_ms is None or one.server_ms >= since_ms)
            and (until_ms is None or one.zero_ms < until_ms)
        ]
        return (found[0].after_seq + 1, found[-1].seq - 1) if found else None


NEVER_HEARD = Clock()
"""Of a kiosk whose clock nobody ever set."""


def clock_of(entries: Iterable[tuple[int, Told]]) -> Clock:
    """The clock of one epoch, by its ``boot`` and ``clock_set`` entries in their order."""
    anchors: list[Anchor] = []
    began: dict[str, int] = {}
    for seq, said in entries:
        if said.heard_ms is None:
            # The program may start more than once while the machine runs.
            began.setdefault(said.boot, seq)
            continue
        before_seq = anchors[-1].seq if anchors else 0
        after_seq = max(before_seq, began.get(said.boot, 1) - 1)
        anchors.append(anchor_of(seq, after_seq, said, said.heard_ms))
    return Clock(anchors)


class LookingBack:
    """The same for who reads a journal from its last entry back: meets each anchor in time."""

    def __init__(self) -> None:
        self._anchor: Anchor | None = None
        self._epoch = 0

    def true_ms(self, epoch: int, seq: int, said: Told) -> int:
        """When the next entry back was made, in milliseconds UTC."""
        anchor = self._anchor if epoch == self._epoch else None
        at_ms = said.at_ms if anchor is None else anchor.true_ms(said.stamp)
        if said.heard_ms is not None:
            self._anchor, self._epoch = anchor_of(seq, 0, said, said.heard_ms), epoch
        return at_ms


def _seq_of(anchor: Anchor) -> int:
    return anchor.seq
