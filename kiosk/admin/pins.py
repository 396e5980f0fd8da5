"""The volunteers' PINs: who may come in, and how long to wait after wrong ones.

A PIN alone says who it is, so no two volunteers may have the same. Every try is counted on the
disk *before* it is checked: pulling the plug at the right moment wins no free try. What has to be
waited grows (:mod:`kiosk.admin.pin_rules`), runs on monotonic time, and begins anew in full when
the program starts again.

The methods read the disk and hash for a tenth of a second per volunteer: call them in
``room.work``. :meth:`PinBook.wait_s` and :attr:`PinBook.volunteers` cost nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kiosk.admin import pin_hash
from kiosk.admin.pin_file import (
    FILE_NAME,
    Document,
    PinError,
    PinFileError,
    Volunteer,
    locked,
    read_document,
    write_document,
)
from kiosk.admin.pin_hash import HashCost, refuse_dear
from kiosk.admin.pin_rules import LENGTH_MAX, LENGTH_MIN, delay_s, failures_kept, is_pin, is_weak
from kiosk.domain.errors import N_
from kiosk.domain.pins import VOLUNTEER_NAME_LENGTH_MAX

log = logging.getLogger(__name__)

NAME_LENGTH_MAX = VOLUNTEER_NAME_LENGTH_MAX


class PinRefused(PinError):  # noqa: N818  an answer, not a fault
    """This PIN cannot be taken; on purpose it does not say whether it is weak or another's."""

    advice = N_("This PIN cannot be used. Please choose another one.")


@dataclass(frozen=True, slots=True)
class Known:
    """A volunteer without the hash."""

    volunteer_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a try.

    ``volunteer`` is who may come in, or None. ``wait_s`` is how long no other try is taken;
    ``checked`` is False for a try that came too early and was neither looked at nor counted.
    """

    volunteer: Known | None
    failures: int
    wait_s: float
    checked: bool = True


class PinBook:
    """The volunteers of one kiosk; any thread may call, one check runs at a time.

    Args:
        directory: where the journal lies; it exists.
        monotonic_s: for the delays.
        cost: of new hashes; older ones are renewed when their PIN is next used.
    """

    def __init__(
        self,
        directory: Path,
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
        cost: HashCost | None = None,
    ) -> None:
        self._directory = directory
        self._monotonic_s = monotonic_s
        self._cost = cost or HashCost()
        self._one_at_a_time = threading.Lock()
        self._document = Document()
        self._ready_at_s = 0.0
        self._trouble = ""
        try:
            self._document = read_document(directory)
        except PinFileError as error:
            # The shop goes on selling; the door says that nobody can come in.
            log.error("%s", error)  # noqa: TRY400  the message says what to do
            self._trouble = str(error)
        self._shut_for(delay_s(self._document.failures))

    # --- looking, without the disk ---

    @property
    def is_set_up(self) -> bool:
        """Whether anybody has a PIN; a file that cannot be read counts as that."""
        return bool(self._document.volunteers) or bool(self._trouble)

    @property
    def volunteers(self) -> tuple[Known, ...]:
        """Everybody who may come in, in the order of coming."""
        return tuple(_known(volunteer) for volunteer in self._document.volunteers)

    @property
    def failures(self) -> int:
        """Wrong PINs since the last right one."""
        return self._document.failures

    def wait_s(self) -> float:
        """Seconds until a PIN is taken again; 0.0: now."""
        return max(0.0, self._ready_at_s - self._monotonic_s())

    def name_of(self, volunteer_id: str) -> str:
        """The name; the id itself for one who is not known any more."""
        names = {known.volunteer_id: known.name for known in self.volunteers}
        return names.get(volunteer_id, volunteer_id)

    # --- the door ---

    def refresh(self) -> None:
        """Looks at the disk again: an operator's command may have changed it.

        Raises:
            PinFileError: the file cannot be used.
        """
        with self._holding():
            pass

    def try_pin(self, pin: str) -> Verdict:
        """Counts the try, then checks the PIN against everybody's.

        Raises:
            PinFileError: the file cannot be used, or the try not be counted; nobody comes in.
            PinError: nobody has a PIN yet.
        """
        with self._holding() as document:
            if not document.volunteers:
                raise PinError(_NOBODY)
            wait_s = self.wait_s()
            if wait_s > 0:
                return Verdict(None, document.failures, wait_s, checked=False)
            counted = document.counting(document.failures + 1)
            self._keep(counted)
            self._shut_for(delay_s(counted.failures))
            found = self._matching(pin, counted.volunteers)
            if found is None:
                return Verdict(None, counted.failures, self.wait_s())
            self._opened(counted, found, pin)
            return Verdict(_known(found), 0, 0.0)

    def reset_delay(self) -> None:
        """An operator knows better: as if no PIN had been wrong.

        Raises:
            PinFileError: the file cannot be read or written.
        """
        with self._holding() as document:
            self._keep(document.counting(0))
            self._ready_at_s = 0.0

    # --- who ---

    def refuse_unusable(self, pin: str, *, for_id: str = "") -> None:
        """Says at once whether a new PIN could be taken.

        Args:
            pin: as typed.
            for_id: the volunteer whose own PIN it may be.

        Raises:
            PinRefused: it cannot; the words are the same whatever the reason.
            PinFileError: the file cannot be used.
        """
        with self._holding() as document:
            self._refuse_unusable(pin, document, for_id)

    def add(self, name: str, pin: str) -> Known:
        """A new volunteer.

        Raises:
            PinRefused: the PIN cannot be taken.
            PinError: the name is empty, too long or another's.
            PinFileError: the file cannot be read or written.
        """
        name = " ".join(name.split())
        with self._holding() as document:
            _refuse_name(name, document)
            self._refuse_unusable(pin, document, "")
            fresh = Volunteer(f"v{document.next_number}", name, self._hashed(pin))
            more = msgspec.structs.replace(document, next_number=document.next_number + 1)
            self._keep(more.keeping(fresh))
        return _known(fresh)

    def set_pin(self, volunteer_id: str, pin: str) -> None:
        """Another PIN for somebody who is known.

        Raises:
            PinRefused: the PIN cannot be taken.
            PinError: nobody has this id.
            PinFileError: the file cannot be read or written.
        """
        with self._holding() as document:
            old = document.find(volunteer_id)
            self._refuse_unusable(pin, document, volunteer_id)
            fresh = msgspec.structs.replace(old, pin_hash=self._hashed(pin))
            self._keep(document.keeping(fresh))

    def remove(self, volunteer_id: str) -> None:
        """Takes somebody out; never the last one, or nobody could come in again.

        Raises:
            PinError: nobody has this id, or it is the last volunteer.
            PinFileError: the file cannot be read or written.
        """
        with self._holding() as document:
            document.find(volunteer_id)
            rest = document.without(volunteer_id)
            if not rest.volunteers:
                raise PinError("The last volunteer cannot be removed. Add another one first.")
            self._keep(rest)

    def take_hashes(
        self, volunteers: Sequence[Volunteer], *, gone: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Volunteers as the centre set them: new ones come, known ids get name and hash.

        The centre chooses ids of its own (``c…``). Whether two PINs are the same cannot be seen
        from hashes; then the first in the list is taken to be the one who came.

        Args:
            volunteers: who comes, or gets another PIN.
            gone: ids of those who shall not come in any more; unknown ones are nobody. The last
                volunteer stays even so, or nobody could come in again.

        Returns:
            The ids that were taken out.

        Raises:
            PinError: a hash is not argon2id, or costs too much.
            PinFileError: the file cannot be read or written.
        """
        for volunteer in volunteers:
            refuse_dear(volunteer)
        with self._holding() as document:
            fresh, removed = document.keeping(*volunteers), []
            for volunteer_id in gone:
                rest = fresh.without(volunteer_id)
                if rest.volunteers and rest != fresh:
                    fresh = rest
                    removed.append(volunteer_id)
            if fresh != document:
                self._keep(fresh)
        return tuple(removed)

    # --- inside ---

    @contextmanager
    def _holding(self) -> Iterator[Document]:
        """The file as it is now, and nobody else at it."""
        with self._one_at_a_time, locked(self._directory):
            try:
                document = read_document(self._directory)
            except PinFileError as error:
                self._trouble = str(error)
                raise
            self._trouble = ""
            if document.failures < self._document.failures:
                # Only an operator's reset, or a right PIN elsewhere, makes them fewer.
                self._ready_at_s = 0.0
            if self._document.volunteers and not document.volunteers:
                raise PinFileError(
                    f"{self._directory / FILE_NAME} is gone. Restore it from a backup, "
                    "or run: python -m kiosk volunteer add NAME"
                )
            self._document = document
            yield document

    def _keep(self, document: Document) -> None:
        write_document(self._directory, document)
        self._document = document

    def _shut_for(self, seconds: int) -> None:
        self._ready_at_s = self._monotonic_s() + seconds

    def _opened(self, document: Document, volunteer: Volunteer, pin: str) -> None:
        """The right PIN: nearly all is forgiven, an old hash becomes one of today's cost."""
        self._ready_at_s = 0.0
        if self._cost.hasher().check_needs_rehash(volunteer.pin_hash):
            fresh = msgspec.structs.replace(volunteer, pin_hash=self._hashed(pin))
            document = document.keeping(fresh)
        try:
            # This try was counted before it was known to be right.
            self._keep(document.counting(failures_kept(document.failures - 1)))
        except PinFileError as error:
            # He has proven who he is, and may be the one who can mend the disk.
            log.error("%s", error)  # noqa: TRY400

    def _refuse_unusable(self, pin: str, document: Document, for_id: str) -> None:
        others = [v for v in document.volunteers if v.volunteer_id != for_id]
        # Hashed first and always: a weak PIN takes as long to refuse as another's.
        is_taken = self._matching(pin, others) is not None
        if is_taken or not is_pin(pin) or is_weak(pin):
            raise PinRefused(
                f"This PIN cannot be used. Choose another one: {LENGTH_MIN} to {LENGTH_MAX} "
                "digits, not in a row and not all alike."
            )

    def _matching(self, pin: str, volunteers: Sequence[Volunteer]) -> Volunteer | None:
        """Whose PIN it is. All are checked whichever matches, so that time tells nothing."""
        hasher = self._cost.hasher()
        matching = [
            volunteer for volunteer in volunteers if pin_hash.is_pin_of(volunteer, pin, hasher)
        ]
        return matching[0] if matching else None

    def _hashed(self, pin: str) -> str:
        return self._cost.hasher().hash(pin)


_NOBODY = "No volunteer has a PIN yet. Run: python -m kiosk volunteer add NAME"


def _known(volunteer: Volunteer) -> Known:
    return Known(volunteer.volunteer_id, volunteer.name)


def _refuse_name(name: str, document: Document) -> None:
    if not name or len(name) > NAME_LENGTH_MAX:
        raise PinError(f"A name has 1 to {NAME_LENGTH_MAX} letters. Type it again.")
    if name.casefold() in {volunteer.name.casefold() for volunteer in document.volunteers}:
        raise PinError(f"There is a volunteer {name!r} already. Add a letter to tell them apart.")
