"""The door for journals: whoever waits before it goes in together.

One thread writes. While it waits for the disk, other kiosks' batches come; it then takes all of
them in with one transaction. Each is answered after the commit, and one that the database refuses
spoils nothing for its neighbours.
"""

from __future__ import annotations

import logging
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from sync.server.arrivals import Arrival
from sync.server.ingest import Outcome, take_together
from sync.server.marks import EpochKey
from sync.server.store import Store, is_unavailable

TOGETHER_MAX = 16
"""Batches in one transaction: more would only keep the first ones waiting."""

_log = logging.getLogger(__name__)


class _Waiting(NamedTuple):
    arrival: Arrival
    answer: Future[Outcome]


class Intake:
    """Takes arrivals in for one store, from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[_Waiting] = deque()
        self._writer = ThreadPoolExecutor(1, "intake")

    def take_in(self, arrival: Arrival) -> Future[Outcome]:
        """What becomes of it, after the commit; fails as the database does."""
        answer: Future[Outcome] = Future()
        self._waiting.append(_Waiting(arrival, answer))
        self._writer.submit(self._take_waiting)
        return answer

    def close(self) -> None:
        """Ends after everybody who waits is answered."""
        self._writer.shutdown()

    def _take_waiting(self) -> None:
        """One is submitted for each who waits, so that the last finds nobody left."""
        if group := self._next_group():
            self._take(group)

    def _next_group(self) -> list[_Waiting]:
        """Those who waited longest, one of each epoch."""
        group: dict[EpochKey, _Waiting] = {}
        while self._waiting and len(group) < TOGETHER_MAX:
            one = self._waiting.popleft()
            if one.arrival.key in group:
                self._waiting.appendleft(one)
                break
            if one.answer.set_running_or_notify_cancel():
                group[one.arrival.key] = one
        return list(group.values())

    def _take(self, group: list[_Waiting]) -> None:
        try:
            outcomes = take_together(self._store, [one.arrival for one in group])
        except Exception as error:
            self._failed(group, error)
            return
        for one, outcome in zip(group, outcomes, strict=True):
            one.answer.set_result(outcome)

    def _failed(self, group: list[_Waiting], error: Exception) -> None:
        """Whoever is not to blame tries again by himself; without a database nobody need try."""
        if len(group) == 1 or is_unavailable(error):
            for one in group:
                one.answer.set_exception(error)
            return
        _log.warning("%d batches could not be taken in together: %s", len(group), error)
        for one in group:
            self._take([one])
