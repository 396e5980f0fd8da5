"""The uploader: a background thread that keeps the centre in step with the journal.

It never holds a sale back and never shows a shopper anything. Its own state lies outside the
journal and may be lost: each session begins by asking the centre what it has.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from kiosk.domain.errors import AdalError, CatalogueError, RefusedError
from sync import wire
from sync.centre import Centre, CentreRefusedError, NoAnswer
from sync.enrolment import Enrolment
from sync.goods import take_goods
from sync.ports import EntrySource
from sync.session import ForkedError, Session, StoppedError
from sync.status import (
    BUILD_MS,
    Hooks,
    State,
    SyncStatus,
    UploaderSettings,
    UploadState,
    load_state,
    save_state,
)
from sync.take_settings import SettingsRefusedError, take_settings

__all__ = ["BUILD_MS", "Hooks", "State", "SyncStatus", "Uploader", "UploaderSettings"]

STOP_TIMEOUT_S = 5.0
PENDING_WAIT_S_MAX = 20.0
"""Somebody stands before the kiosk and waits for the coordinator's approval."""

_log = logging.getLogger(__name__)

_STATES_OF_REFUSALS = {"kiosk_pending": State.PENDING}


class Uploader:
    """Keeps the centre in step; :meth:`start` and :meth:`stop` once each."""

    def __init__(
        self,
        source: EntrySource,
        enrolment: Enrolment,
        settings: UploaderSettings | None = None,
        hooks: Hooks | None = None,
        *,
        system_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        rng: random.Random | None = None,
    ) -> None:
        self._source = source
        self._enrolment = enrolment
        self._settings = settings or UploaderSettings()
        self._hooks = hooks or Hooks()
        self._system_ms = system_ms
        self._rng = rng or random.Random()
        self._branches: dict[int, int] = {}
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._asked = threading.Event()
        self._got_on = False
        self._acked = load_state(self._settings.state_path)
        self._status = SyncStatus(last_contact_ms=self._acked.last_contact_ms)
        self._thread = threading.Thread(target=self._run, name="uploader", daemon=True)

    @property
    def status(self) -> SyncStatus:
        """The last status told."""
        return self._status

    @property
    def backlog(self) -> int:
        """Entries of the current epoch that the centre is not known to have, as of now."""
        return self._backlog()

    def start(self) -> None:
        """Begins in the background."""
        self._thread.start()

    def nudge(self) -> None:
        """There is something new: send it now, unless the centre is being waited for.

        While it is unreachable only the backlog's figure moves; a hundred kiosks must not knock
        with every sale at a server that is down.
        """
        self._wake.set()

    def send_now(self) -> None:
        """Somebody asks for it: try at once, even while the centre is being waited for."""
        self._asked.set()
        self._wake.set()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Ends between two messages; waits no longer than that, the thread dies with us."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            with Centre(
                self._enrolment.server_url,
                self._enrolment.token,
                verify=self._settings.verify,
                software=self._settings.software,
            ) as centre:
                self._keep_in_step(centre)
        except NoAnswer as error:  # an address that is none
            self._tell(state=State.REFUSED, last_error=str(error))
            return
        self._tell(state=State.STOPPED)

    def _keep_in_step(self, centre: Centre) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._wake.clear()
            self._asked.clear()
            self._got_on = False
            try:
                self._contact(centre)
                failures = 0
                self._wake.wait(self._settings.interval_s)
            except StoppedError:
                return
            except Exception as error:
                # Who got on is not where he began: a centre that lets a backlog in by portions.
                failures = 1 if self._got_on else failures + 1
                self._report(error)
                self._wait_out(self._wait_s(error, failures))

    def _contact(self, centre: Centre) -> None:
        if self._clock_is_wrong():
            raise _ClockWrongError(
                "The date of this device is wrong; the centre cannot be checked until it is right."
            )
        session = Session(
            self._source,
            centre,
            on_acked=self._acknowledged,
            keep_on=self._keeps_on,
            branches=self._branches,
        )
        try:
            mark = session.ask_mark(self._hooks.catalogue_version())
        except CentreRefusedError as refusal:
            session.leave_evidence(refusal)
            raise
        self._heard(mark)
        session.push_all(mark)
        session.send_suggestions()
        take_goods(centre, mark, self._hooks, self._enrolment)
        take_settings(centre, self._hooks.settings, self._enrolment)
        self._tell(state=State.IN_STEP, last_error="")

    def _heard(self, mark: wire.Mark) -> None:
        here = self._source.head().epoch
        held = max((m.seq for m in mark.epochs if m.epoch == here), default=0)
        self._acked = UploadState(here, held, mark.server_ms)
        state = State.SENDING if self._backlog() else self._status.state
        self._tell(state=state, last_contact_ms=mark.server_ms)
        self._call(self._hooks.on_server_time, mark.server_ms)

    def _acknowledged(self, epoch: int, seq: int) -> None:
        self._got_on = True
        if epoch != self._source.head().epoch:
            return
        self._acked = msgspec.structs.replace(self._acked, epoch=epoch, seq=seq)
        save_state(self._settings.state_path, self._acked)
        self._tell()

    def _keeps_on(self) -> bool:
        return not self._stopping.is_set()

    def _clock_is_wrong(self) -> bool:
        """Certificates are judged by the system's clock; before our own build it is nonsense."""
        secure = self._enrolment.server_url.lower().startswith("https:")
        return secure and self._system_ms() < self._settings.clock_floor_ms

    def _report(self, error: Exception) -> None:
        if not isinstance(error, AdalError):
            _log.exception("The uploader stumbled and will try again")
            self._tell(state=State.OFFLINE, last_error="Sending failed; it will be tried again.")
            return
        _log.info("Not in step with the centre: %s", error)
        self._tell(state=_state_of(error), last_error=str(error))

    def _wait_s(self, error: Exception, failures: int) -> float:
        """Full jitter: anywhere between nothing and a span that doubles; or as the centre asked.

        M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        """
        smallest, largest = self._settings.backoff_s_min, self._settings.backoff_s_max
        if _state_of(error) is State.PENDING:
            largest = min(largest, PENDING_WAIT_S_MAX)
        span_s = min(largest, smallest * 2.0 ** min(failures - 1, 30))
        wait_s = self._rng.uniform(0, span_s)
        asked_s = error.retry_after_s if isinstance(error, NoAnswer) else None
        return wait_s if asked_s is None else asked_s + wait_s

    def _wait_out(self, wait_s: float) -> None:
        """Waits, telling of a growing backlog when nudged."""
        until = time.monotonic() + wait_s
        while not self._is_hurried() and (left_s := until - time.monotonic()) > 0:
            if self._wake.wait(left_s):
                self._wake.clear()
                self._tell()

    def _is_hurried(self) -> bool:
        return self._stopping.is_set() or self._asked.is_set()

    def _backlog(self) -> int:
        head = self._source.head()
        acked = self._acked.seq if self._acked.epoch == head.epoch else 0
        return max(0, head.seq - acked)

    def _tell(self, **changes: Any) -> None:
        try:
            changes["backlog"] = self._backlog()
        except Exception as error:  # the figure may wait, the thread must not end
            _log.warning("The backlog cannot be counted now: %s", error)
        status = replace(self._status, **changes)
        if status != self._status:
            self._status = status
            self._call(self._hooks.on_status, status)

    def _call(self, hook: Callable[[Any], object], value: Any) -> None:
        """Tells somebody, whose stumbling must not stop the sales from going out."""
        try:
            hook(value)
        except Exception:
            _log.exception("The uploader's listener stumbled")


class _ClockWrongError(AdalError):
    """Not a fault of the way; see :meth:`Uploader._clock_is_wrong`."""


def _state_of(error: Exception) -> State:
    if isinstance(error, ForkedError):
        return State.FORKED
    if isinstance(error, _ClockWrongError):
        return State.CLOCK_WRONG
    if isinstance(error, RefusedError):
        return _STATES_OF_REFUSALS.get(getattr(error, "code", ""), State.REFUSED)
    if isinstance(error, CatalogueError | SettingsRefusedError):
        return State.REFUSED
    return State.OFFLINE
