"""Looks for alarms and sends them, twice a minute, in one worker at a time."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from sync.server.alarms import book, folds, outbox
from sync.server.alarms.delivery import deliver
from sync.server.alarms.find import find
from sync.server.alarms.kinds import Alarm
from sync.server.alarms.settings import AlarmSettings
from sync.server.schema.alarms import alarm_run
from sync.server.store import Store

EVERY_S = 30.0
BEHIND_S = 1.0
"""While there is more to fold than one round takes."""
LEASE_MS = 5 * 60_000
"""A worker that died is followed by another after so long."""
ROWS_PER_WRITE = 200
"""So that journals can come in between."""
_RUN = "alarms"

_log = logging.getLogger(__name__)


class Watch:
    """Keeps the alarms up to date. ``now_ms``: the server's clock."""

    def __init__(self, store: Store, settings: AlarmSettings, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._settings = settings
        self._now_ms = now_ms
        self._name = secrets.token_hex(8)
        self._stop = threading.Event()
        self._behind = False

    def run_once(self) -> bool:
        """One round; False when another worker is at it."""
        if not self._take_lease():
            return False
        now_ms = self._now_ms()
        self._behind = folds.bring_up_to_date(self._store, now_ms) >= folds.ENTRIES_PER_RUN
        evaluate(self._store, now_ms)
        if self._take_lease():
            deliver(self._store, self._settings, self._now_ms, self._go_on)
        self._give_back()
        return True

    def run(self) -> None:
        """Round after round until :meth:`stop`."""
        while not self._stop.is_set():
            try:
                self.run_once()
            except DBAPIError as error:
                _log.warning("The alarms wait for the database: %s", error)
            except Exception:
                # Whatever one round stumbles over, help calls of the next must not wait for it.
                _log.exception("A round of the alarms failed; the next comes.")
            self._stop.wait(BEHIND_S if self._behind else EVERY_S)

    def stop(self) -> None:
        """Ends :meth:`run` after the message that is being sent."""
        self._stop.set()

    def _go_on(self) -> bool:
        return not self._stop.is_set() and self._take_lease()

    def _take_lease(self) -> bool:
        now_ms = self._now_ms()

        def work(connection: Connection) -> bool:
            free = or_(alarm_run.c.until_ms <= now_ms, alarm_run.c.holder == self._name)
            taken = connection.execute(
                update(alarm_run)
                .where(alarm_run.c.name == _RUN, free)
                .values(holder=self._name, until_ms=now_ms + LEASE_MS)
            )
            if taken.rowcount:
                return True
            there = connection.execute(select(alarm_run.c.name).where(alarm_run.c.name == _RUN))
            if there.first() is not None:
                return False
            connection.execute(
                insert(alarm_run).values(
                    name=_RUN, holder=self._name, until_ms=now_ms + LEASE_MS, finished_ms=None
                )
            )
            return True

        try:
            return self._store.write(work)
        except IntegrityError:
            return False  # two began at the very first moment, and the other was quicker

    def _give_back(self) -> None:
        now_ms = self._now_ms()
        self._store.write(
            lambda c: c.execute(
                update(alarm_run)
                .where(alarm_run.c.name == _RUN, alarm_run.c.holder == self._name)
                .values(until_ms=0, finished_ms=now_ms)
            )
        )


def evaluate(store: Store, now_ms: int) -> int:
    """Compares what is the matter with what is in the book, and tells the channels the rest.

    Returns:
        How many messages were put into outboxes.
    """

    def look(connection: Connection) -> tuple[list[Alarm], set[book.Name]]:
        found = find(connection, now_ms)
        return found, book.differences(connection, found, now_ms)

    found, names = store.read(look)
    if not names:
        return 0  # mostly: nobody has to wait for a writer

    ordered = sorted(names)
    parts = [ordered[i : i + ROWS_PER_WRITE] for i in range(0, len(ordered), ROWS_PER_WRITE)]

    def write_part(part: list[book.Name], connection: Connection) -> int:
        news = book.write_down(connection, found, part, now_ms)
        return outbox.tell(connection, news, now_ms)

    return sum(store.write(partial(write_part, part)) for part in parts)


def last_looked_ms(connection: Connection) -> int | None:
    """When a round was last finished; None before the first."""
    return connection.execute(
        select(alarm_run.c.finished_ms).where(alarm_run.c.name == _RUN)
    ).scalar_one_or_none()


@contextmanager
def watching(store: Store, settings: AlarmSettings, now_ms: Callable[[], int]) -> Iterator[Watch]:
    """Keeps the alarms up to date in a thread of its own while the server runs."""
    watch = Watch(store, settings, now_ms)
    thread = threading.Thread(target=watch.run, name="alarms", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.stop()
        thread.join(30)
