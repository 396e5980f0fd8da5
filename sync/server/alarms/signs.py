"""What the state of one kiosk says is the matter. Pure: state and time in, alarms out."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from kiosk.domain.ledger import day_of
from sync.server.alarms.coins import coins_short
from sync.server.alarms.kinds import Alarm, Kind, Severity, step_of
from sync.server.alarms.state import State

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

SILENT_HOURS = 3
"""So many hours in which the shop usually sells, without a word."""
SILENT_HOURS_URGENT = 10
SILENT_HOURS_ANY = 24
"""While nobody knows when the shop sells: all hours count."""
HOURS_KNOWN_MIN = 6
_SILENT_STEPS_MS = (DAY_MS, 3 * DAY_MS, 7 * DAY_MS, 28 * DAY_MS)

BACKLOG_MIN = 200
"""One whole batch: less goes out with the next session."""
BACKLOG_WARNING = 2_000

GAP_TENGE_MIN = 500
GAP_PER_MILLE = 50
GAP_URGENT_PER_MILLE = 200
GAP_LOOK_BACK_MS = 30 * DAY_MS

SOLD_OUT_WARNING = 3
NAMES_SHOWN = 5

CODE_SCANS_MIN = 3
CODES_LOOK_BACK_DAYS = 14

CLOCK_MS = 10 * 60_000
CLOCK_LOOK_BACK_MS = DAY_MS

PIN_FAILURES_MIN = 5
PIN_LOOK_BACK_MS = DAY_MS

CALL_LOOK_BACK_MS = 30 * DAY_MS


@dataclass(frozen=True, slots=True)
class KioskNow:
    """A kiosk in use and what is known of it; ``last_seen_ms`` None when it never spoke."""

    shop_id: int
    kiosk_id: str
    last_seen_ms: int | None
    waiting: int
    forked: bool
    state: State


def signs_of(kiosk: KioskNow, now_ms: int) -> Iterator[Alarm]:
    """All that is the matter with one kiosk."""
    for sign in (_silent, _backlog, _fork, _cash_gap, _sold_out, _coins, _clock, _pin, _calls):
        alarm = sign(kiosk, now_ms)
        if alarm is not None:
            yield alarm


def hours_missed(state: State, last_seen_ms: int, now_ms: int) -> int:
    """Whole hours since the last contact in which the shop usually sells."""
    last_hour = min(now_ms // HOUR_MS, last_seen_ms // HOUR_MS + 28 * 24)
    missed = 0
    for hour in range(last_seen_ms // HOUR_MS + 1, last_hour):
        day = day_of(hour * HOUR_MS).toordinal()
        missed += day % 7 * 24 + (hour + 5) % 24 in state.hours
    return missed


def _silent(kiosk: KioskNow, now_ms: int) -> Alarm | None:
    seen_ms = kiosk.last_seen_ms
    if seen_ms is None or now_ms - seen_ms < SILENT_HOURS * HOUR_MS:
        return None
    silent_ms = now_ms - seen_ms
    detail: dict[str, int] = {"last_seen_ms": seen_ms}
    if len(kiosk.state.hours) >= HOURS_KNOWN_MIN:
        missed = hours_missed(kiosk.state, seen_ms, now_ms)
        if missed < SILENT_HOURS:
            return None
        urgent = missed >= SILENT_HOURS_URGENT
        detail["hours"] = missed
    elif silent_ms < SILENT_HOURS_ANY * HOUR_MS:
        return None
    else:
        urgent = silent_ms >= 3 * DAY_MS
    level = 1 + urgent + sum(silent_ms >= step_ms for step_ms in _SILENT_STEPS_MS)
    severity = Severity.URGENT if urgent else Severity.WARNING
    return _alarm(kiosk, Kind.SILENT, severity, level, seen_ms, **detail)


def _backlog(kiosk: KioskNow, _now_ms: int) -> Alarm | None:
    if kiosk.waiting < BACKLOG_MIN:
        return None
    severity = Severity.WARNING if kiosk.waiting >= BACKLOG_WARNING else Severity.NOTICE
    return _alarm(
        kiosk, Kind.BACKLOG, severity, step_of(kiosk.waiting), None, waiting=kiosk.waiting
    )


def _fork(kiosk: KioskNow, _now_ms: int) -> Alarm | None:
    return _alarm(kiosk, Kind.FORK, Severity.URGENT, 1, None) if kiosk.forked else None


def _cash_gap(kiosk: KioskNow, now_ms: int) -> Alarm | None:
    """The last visit's difference, either way, beyond what miscounting explains."""
    count = kiosk.state.count
    if count is None or now_ms - count.at_ms > GAP_LOOK_BACK_MS:
        return None
    gap_tenge = abs(count.difference_tenge)
    # Compared with the box's content, so that a small day in a full box is no alarm.
    if gap_tenge * 1000 <= max(GAP_TENGE_MIN * 1000, GAP_PER_MILLE * count.expected_tenge):
        return None
    urgent = (
        count.difference_tenge < 0
        and gap_tenge * 1000 > GAP_URGENT_PER_MILLE * count.expected_tenge
        and gap_tenge > 4 * GAP_TENGE_MIN
    )
    return _alarm(
        kiosk,
        Kind.CASH_GAP,
        Severity.URGENT if urgent else Severity.WARNING,
        step_of(gap_tenge // GAP_TENGE_MIN),
        count.at_ms,
        counted_tenge=count.expected_tenge + count.difference_tenge,
        expected_tenge=count.expected_tenge,
        difference_tenge=count.difference_tenge,
    )


def _sold_out(kiosk: KioskNow, _now_ms: int) -> Alarm | None:
    """Goods that were sold in the last weeks and of which the shelf has none."""
    state = kiosk.state
    gone = {
        name
        for name in state.sold_day
        if name in state.marked_sold_out
        or (name in state.counted and state.stock.get(name, 0) <= 0)
    }
    if not gone:
        return None
    lately = sorted(gone, key=lambda name: (-state.sold_day[name], name))
    return _alarm(
        kiosk,
        Kind.SOLD_OUT,
        Severity.WARNING if len(gone) >= SOLD_OUT_WARNING else Severity.NOTICE,
        step_of(len(gone)),
        None,
        names=[state.names.get(name, name) for name in lately[:NAMES_SHOWN]],
        count=len(gone),
    )


def _coins(kiosk: KioskNow, now_ms: int) -> Alarm | None:
    """Kinds that go out faster than they come in and will be gone within days."""
    if kiosk.state.available is None:
        return None
    short = coins_short(kiosk.state, now_ms)
    if not short:
        return None
    gone = sum(one.count == 0 for one in short)
    return _alarm(
        kiosk,
        Kind.COINS,
        Severity.WARNING if gone else Severity.NOTICE,
        step_of(len(short)) + gone,
        None,
        pieces=[[one.denomination.value_tenge, one.count, one.days_left] for one in short],
    )


def _clock(kiosk: KioskNow, now_ms: int) -> Alarm | None:
    state = kiosk.state
    off_ms, heard_ms = state.ahead_ms, None
    if now_ms - state.clock_heard_ms <= CLOCK_LOOK_BACK_MS and abs(state.clock_ms) > abs(off_ms):
        off_ms, heard_ms = state.clock_ms, state.clock_heard_ms
    if abs(off_ms) < CLOCK_MS:
        return None
    minutes = off_ms // 60_000 if off_ms > 0 else -(-off_ms // 60_000)
    return _alarm(
        kiosk, Kind.CLOCK, Severity.NOTICE, step_of(abs(minutes)), heard_ms, minutes=minutes
    )


def _pin(kiosk: KioskNow, now_ms: int) -> Alarm | None:
    state = kiosk.state
    if state.pin_failures < PIN_FAILURES_MIN or now_ms - state.pin_failed_ms > PIN_LOOK_BACK_MS:
        return None
    return _alarm(
        kiosk,
        Kind.PIN,
        Severity.WARNING,
        step_of(state.pin_failures),
        state.pin_failed_ms,
        failures=state.pin_failures,
    )


def _calls(kiosk: KioskNow, now_ms: int) -> Alarm | None:
    """Calls after which no volunteer has left an entry at that kiosk."""
    calls = [at_ms for at_ms in kiosk.state.calls if now_ms - at_ms <= CALL_LOOK_BACK_MS]
    if not calls:
        return None
    fresh = now_ms - calls[-1] <= 12 * HOUR_MS
    return _alarm(
        kiosk,
        Kind.HELP,
        Severity.URGENT if fresh else Severity.WARNING,
        len(calls),
        calls[0],
        count=len(calls),
        last_ms=calls[-1],
    )


def wanted_codes(state: State, known: Set[str], today: int) -> dict[str, int]:
    """Unknown codes of the last days that the catalogue still does not know → times."""
    since = today - CODES_LOOK_BACK_DAYS
    return {
        code: times
        for code, (times, day) in state.codes.items()
        if day > since and code not in known
    }


def _alarm(
    kiosk: KioskNow,
    kind: Kind,
    severity: Severity,
    level: int,
    since_ms: int | None,
    **detail: object,
) -> Alarm:
    return Alarm(kiosk.shop_id, kind, kiosk.kiosk_id, severity, level, since_ms, detail)
