"""What shoppers say, and who came into the back room."""

from __future__ import annotations

from typing import Literal

from kiosk.domain.entries.base import Body, Count, tag


class UnknownScan(Body, frozen=True, tag=tag):
    """A code that the catalogue does not know; ``gtin14`` is None for a code of no product."""

    text: str
    symbology: str
    gtin14: str | None


class Suggestion(Body, frozen=True, tag=tag):
    """A shopper wrote something. Only its salted SHA-256 is here; the text can be deleted."""

    suggestion_id: str
    text_sha256: str
    language: str


class HelpCall(Body, frozen=True, tag=tag):
    """A shopper asked for a volunteer; ``screen`` tells what he was doing."""

    screen: str
    language: str


class AdminOpened(Body, frozen=True, tag=tag):
    """A volunteer came in with a PIN; ``by`` is a short id, never a name."""

    by: str


class VolunteerChanged(Body, frozen=True, tag=tag):
    """Somebody was let into the back room for the future, got another PIN, or was shut out.

    So that nobody makes himself a second person without leaving a trace.
    """

    volunteer_id: str
    what: Literal["added", "pin", "removed"]
    by: str


class PinFailed(Body, frozen=True, tag=tag):
    """A wrong PIN; ``failures`` counts those since the last right one."""

    failures: Count
