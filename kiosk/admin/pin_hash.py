"""argon2id: PINs into hashes, and back to yes or no."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.admin.pin_file import PinError, Volunteer
from kiosk.domain.pins import HASH_LANES, HASH_MEMORY_KIB, HASH_PASSES

if TYPE_CHECKING:
    from argon2 import Parameters, PasswordHasher

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HashCost:
    """How dear one hash is.

    The defaults are OWASP's for argon2id where memory is short (Password Storage Cheat Sheet:
    19 MiB, 2 passes, 1 lane): 21 ms on a desktop's core, so that a Raspberry Pi 4 answers within
    a second for several volunteers and keeps its memory for the camera. Six digits are few
    whatever the cost: a PIN is protected by the door's delay and the file's mode; to somebody who
    has the file the hash only costs hours.
    """

    memory_kib: int = HASH_MEMORY_KIB
    passes: int = HASH_PASSES
    lanes: int = HASH_LANES

    def hasher(self) -> PasswordHasher:
        """Makes and checks hashes; new ones have this cost."""
        # Imported late: 50 ms that the start screen must not wait for.
        from argon2 import PasswordHasher, Type

        return PasswordHasher(
            time_cost=self.passes,
            memory_cost=self.memory_kib,
            parallelism=self.lanes,
            type=Type.ID,
        )


COST_MAX = HashCost(memory_kib=65_536, passes=10, lanes=4)
"""A hash from elsewhere may not cost more, or one check would stall the kiosk."""


def is_pin_of(volunteer: Volunteer, pin: str, hasher: PasswordHasher) -> bool:
    """Whether the PIN is that volunteer's."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return bool(hasher.verify(volunteer.pin_hash, pin))
    except InvalidHashError:
        # One broken hash must not keep the others out.
        log.error(  # noqa: TRY400  the message says what to do
            "the hash of %s is damaged; run: python -m kiosk volunteer set-pin %s",
            volunteer.volunteer_id,
            volunteer.volunteer_id,
        )
        return False
    except VerificationError:
        return False


def refuse_dear(volunteer: Volunteer) -> None:
    """Checks a hash that was made elsewhere.

    Raises:
        PinError: it is no argon2id hash, or checking it would cost more than ``COST_MAX``.
    """
    from argon2 import extract_parameters
    from argon2.exceptions import InvalidHashError

    try:
        parameters = extract_parameters(volunteer.pin_hash)
    except InvalidHashError as error:
        raise PinError(
            f"The hash of {volunteer.volunteer_id} is not argon2id. Send it again."
        ) from error
    if _is_dear(parameters):
        raise PinError(
            f"The hash of {volunteer.volunteer_id} costs too much for a kiosk: at most "
            f"{COST_MAX.memory_kib} KiB, {COST_MAX.passes} passes, {COST_MAX.lanes} lanes."
        )


def _is_dear(parameters: Parameters) -> bool:
    return (
        parameters.memory_cost > COST_MAX.memory_kib
        or parameters.time_cost > COST_MAX.passes
        or parameters.parallelism > COST_MAX.lanes
    )
