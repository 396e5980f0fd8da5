"""Entries for tests, stamped with a time that does not matter."""

from kiosk.domain.entries import Entry, EntryBody, Stamp

NOON_MS = 1_795_075_200_000
"""2026-11-19 08:00 UTC, which is 13:00 in Kazakhstan."""


def entry_of(body: EntryBody, at_ms: int = NOON_MS) -> Entry:
    return Entry(body, Stamp(at_ms, "boot-1", 1000))
