"""One contact with the centre: ask where it stands, send what it lacks, take what is new.

No thread, no waiting, no retry: those are the uploader's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError, RefusedError
from sync import wire
from sync.centre import Centre, CentreRefusedError, NoAnswer
from sync.ports import EntrySource

SUGGESTIONS_PER_SESSION_MAX = 20

_log = logging.getLogger(__name__)


class ForkedError(RefusedError):
    """The centre holds other entries under our numbers; a person must enrol the kiosk again."""


class StoppedError(AdalError):
    """The session was asked to end between two messages."""


class Session:
    """One contact.

    Args:
        source: the journal.
        centre: the connection.
        on_acked: told ``(epoch, seq)`` after each batch that the centre has for certain.
        keep_on: asked between messages; False ends the session with :class:`StoppedError`.
        branches: epoch → how far our side of a fork is at the centre. Kept from session to
            session by the caller, so that a fork travels once; may be lost.
    """

    def __init__(
        self,
        source: EntrySource,
        centre: Centre,
        *,
        on_acked: Callable[[int, int], None],
        keep_on: Callable[[], bool] = lambda: True,
        branches: dict[int, int] | None = None,
    ) -> None:
        self._source = source
        self._centre = centre
        self._on_acked = on_acked
        self._keep_on = keep_on
        self._branches = {} if branches is None else branches

    def ask_mark(self, have: int = 0) -> wire.Mark:
        """Where the centre stands, if it is our kiosk that it speaks of.

        ``have``: the catalogue version that is here.
        """
        mark = self._centre.mark(have)
        if mark.kiosk_id != self._source.identity.kiosk_id:
            raise NoAnswer("The centre answered for another kiosk.")
        return mark

    def push_all(self, mark: wire.Mark) -> None:
        """Sends every entry that the centre lacks, epoch after epoch.

        A fork in an earlier epoch was settled by enrolling again: its entries are only sent. A
        centre that lost its database takes a kiosk back with a new epoch and does not know the
        keys of the earlier ones: those stay here, and must not hold up what is sold now.

        Raises:
            ForkedError: after everything was sent, when the centre holds another branch of the
                epoch that is being written.
        """
        held = {m.epoch: m for m in mark.epochs}
        now = self._source.head().epoch
        for epoch in range(1, now + 1):
            try:
                self._push_epoch(epoch, held.get(epoch))
            except ForkedError:
                if epoch == now:
                    raise
            except CentreRefusedError as refusal:
                if epoch == now or refusal.code != "kiosk_other":
                    raise
                _log.warning("Epoch %d stays here: %s", epoch, refusal)

    def leave_evidence(self, refusal: CentreRefusedError) -> None:
        """Shut out or replaced, we send what the centre lacks all the same: it is kept aside there.

        Does nothing for a refusal that names no mark: then the centre keeps nothing more. Nothing
        of it counts as sent, since it is in no journal there; what a session left is remembered.
        """
        mark = refusal.problem.mark
        if refusal.code not in ("kiosk_revoked", "kiosk_replaced") or mark is None:
            return
        after = max(mark.seq, self._branches.get(mark.epoch, 0))
        while run := self._next_run(mark.epoch, after):
            self._go_on()
            try:
                self._centre.push(wire.make_batch(run, self._source.head().seq))
            except CentreRefusedError as again:
                if again.code != refusal.code:
                    raise
                if again.problem.mark is None:
                    return
            after = run[-1].seq
            self._branches[mark.epoch] = after

    def send_suggestions(self) -> None:
        """Sends the words of suggestions whose entries are already there."""
        for suggestion_id, salt, text in self._source.pending_suggestions(
            SUGGESTIONS_PER_SESSION_MAX
        ):
            self._go_on()
            message = wire.SuggestionText(self._source.identity.kiosk_id, suggestion_id, salt, text)
            try:
                received = self._centre.suggestion(message)
            except CentreRefusedError as refusal:
                if refusal.code not in ("suggestion", "bad_message"):
                    raise
                # One that the centre cannot take must not hold up the others.
                _log.warning("Suggestion %s stays here: %s", suggestion_id, refusal)
                continue
            if received.suggestion_id != suggestion_id:
                raise NoAnswer("The centre answered for another suggestion.")
            self._source.mark_suggestion_sent(suggestion_id)

    def _push_epoch(self, epoch: int, at: wire.EpochMark | None) -> None:
        seq = 0 if at is None else at.seq
        if at is not None and seq and not self._is_ours(at):
            self._push_fork(epoch, seq)
        while batch := self._next_run(epoch, seq):
            try:
                seq = self._push(batch)
            except CentreRefusedError as refusal:
                if refusal.code == "gap" and refusal.problem.mark is not None:
                    # The centre was restored while we spoke: begin again from where it stands.
                    if refusal.problem.mark.seq >= batch[0].seq - 1:
                        raise NoAnswer("The centre contradicts itself about a gap.") from refusal
                    seq = refusal.problem.mark.seq
                elif refusal.code == "fork":
                    self._push_fork(epoch, batch[-1].seq)
                else:
                    raise

    def _is_ours(self, at: wire.EpochMark) -> bool:
        """Whether the centre's head is the entry that we have under that number."""
        found = self._run(epoch=at.epoch, after_seq=at.seq - 1, limit=1)
        return bool(found) and found[0].seq == at.seq and found[0].hash.hex() == at.head_hash

    def _push_fork(self, epoch: int, seq: int) -> None:
        """Sends our branch from where it parted, so that the centre keeps it too; then raises."""
        after = self._branches.get(epoch)
        if after is None:
            after = self._before_parting(epoch, seq)
        message = "The centre holds other entries of this kiosk; enrol it again."
        while run := self._next_run(epoch, after):
            refused = self._refused(run)
            message = str(refused) if refused else message
            after = run[-1].seq
            self._branches[epoch] = after
        raise ForkedError(message)

    def _before_parting(self, epoch: int, seq: int) -> int:
        """A number up to which both have the same: back to a batch that begins with such an entry."""
        after = seq
        while after:
            after = max(0, after - wire.ENTRIES_PER_BATCH_MAX)
            run = self._next_run(epoch, after)
            refused = self._refused(run) if run else None
            if run and (refused is None or refused.problem.fork_seq != run[0].seq):
                break
        return after

    def _refused(self, run: Sequence[StoredEntry]) -> CentreRefusedError | None:
        """Sends entries of a fork; the refusal that says they were kept aside."""
        try:
            self._push(run)
        except CentreRefusedError as refusal:
            if refusal.code == "gap":
                # The centre lost what it had kept aside: next time from the parting again.
                self._branches.pop(run[0].epoch, None)
            if refusal.code != "fork":
                raise
            return refusal
        return None

    def _push(self, run: Sequence[StoredEntry]) -> int:
        """Sends one batch and returns the number that the centre has for certain."""
        self._go_on()
        last = run[-1]
        head = self._source.head()
        ack = self._centre.push(
            wire.make_batch(run, head.seq if head.epoch == last.epoch else last.seq)
        )
        if (ack.epoch, ack.seq, ack.head_hash) != (last.epoch, last.seq, last.hash.hex()):
            raise NoAnswer("The answer does not name the entries that were sent.")
        self._on_acked(last.epoch, last.seq)
        return last.seq

    def _next_run(self, epoch: int, after_seq: int) -> Sequence[StoredEntry]:
        return wire.fitting(self._run(epoch, after_seq, wire.ENTRIES_PER_BATCH_MAX))

    def _run(self, epoch: int, after_seq: int, limit: int) -> list[StoredEntry]:
        entries = self._source.read_since(epoch, after_seq, limit)
        return [entry for entry in entries if entry.epoch == epoch]

    def _go_on(self) -> None:
        if not self._keep_on():
            raise StoppedError("Stopped.")
