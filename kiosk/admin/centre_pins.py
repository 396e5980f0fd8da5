"""Volunteers whom the centre lets in: its list, brought into the PIN book and the journal.

What changed at the centre counts; what did not is left as it is here, so that a PIN which its owner
changed at the kiosk, or somebody taken out there, does not come back with the next version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Literal

from kiosk.admin.pin_file import Volunteer
from kiosk.admin.pins import PinBook
from kiosk.domain.entries import VolunteerChanged
from kiosk.domain.remote_values import RemoteVolunteer

CENTRE = "centre"
"""Who did it, in the journal."""
_CENTRES_OWN = "c"

What = Literal["added", "pin", "removed"]


def follow(
    pins: PinBook,
    append: Callable[[VolunteerChanged], Future[Any]],
    before: Sequence[RemoteVolunteer],
    now: Sequence[RemoteVolunteer],
) -> bool:
    """Lets in who came onto the centre's list, and out who left it.

    Args:
        pins: the PIN book.
        append: writes to the journal; who may come in is evidence like money.
        before: the list that was followed last.
        now: the list to follow.

    Returns:
        False when somebody who should be out stays: the last one, until there is another.

    Raises:
        PinError: a hash is none, or would stall the kiosk.
        PinFileError: the volunteers' file cannot be used.
        JournalError: it cannot be written down.
    """
    pins.refresh()
    here = {known.volunteer_id for known in pins.volunteers}
    followed = {one.volunteer_id: one.pin_hash for one in before}
    fresh = [one for one in now if followed.get(one.volunteer_id) != one.pin_hash]
    wanted = {one.volunteer_id for one in now}
    gone = sorted(name for name in here - wanted if name.startswith(_CENTRES_OWN))
    removed = pins.take_hashes([_volunteer(one) for one in fresh], gone=gone)
    for one in fresh:
        what: What = "pin" if one.volunteer_id in here else "added"
        append(VolunteerChanged(one.volunteer_id, what, CENTRE)).result()
    for volunteer_id in removed:
        append(VolunteerChanged(volunteer_id, "removed", CENTRE)).result()
    return set(removed) == set(gone)


def _volunteer(one: RemoteVolunteer) -> Volunteer:
    return Volunteer(one.volunteer_id, one.name, one.pin_hash)
