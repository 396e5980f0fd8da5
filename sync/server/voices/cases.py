"""What offices do with a suggestion. Each change leaves a step on its way and a note in the audit.

Nothing gets lost between offices: one office always has it, a moved one keeps its way, and none
closes without words for who asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from kiosk.domain.errors import AdalError
from sync.server.accounts import audit
from sync.server.accounts.roles import Person
from sync.server.problems import ProblemError
from sync.server.schema import suggestion_text
from sync.server.schema.voices import suggestion_case, suggestion_step
from sync.server.voices import inbox
from sync.server.voices.words import (
    CLOSED,
    LANGUAGES,
    NOTE_LENGTH_MAX,
    REPLY_LENGTH_MAX,
    Key,
    Office,
    Rights,
    Status,
    Step,
    rights_of,
)


class Trouble(StrEnum):
    """Why a change was not taken; pages say it in words."""

    NO_NOTE = "no_note"
    NO_REASON = "no_reason"
    NO_REPLY = "no_reply"
    TOO_LONG = "too_long"
    WORDS_DELETED = "words_deleted"
    ANSWER_FIRST = "answer_first"


class CaseError(AdalError):
    """A change that cannot be made like that; nothing was changed."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Case:
    """One suggestion in the hands of somebody who means to change it, within one transaction.

    Raises:
        ProblemError: ``not_found`` for what lies outside his part.
    """

    def __init__(self, connection: Connection, person: Person, key: Key, now_ms: int) -> None:
        self._connection = connection
        self._person = person
        self._key = key
        self._now_ms = now_ms
        row = inbox.one(connection, person.scope.shops(), key)
        self._region_code = str(row.region_code)
        self._open_row(row)
        self.status = Status(row.status)
        self.office = Office(row.office)
        self._row = row

    def take(self) -> None:
        """Says that the office looks after it."""
        self._require(self._rights.work)
        if self.status is Status.NEW:
            self._change(Step.TAKEN, status=Status.ASSIGNED)

    def note(self, note: str) -> None:
        """Leaves a word for the others.

        Raises:
            CaseError: without one.
        """
        self._require(self._rights.work)
        if not note:
            raise CaseError(Trouble.NO_NOTE)
        self._change(Step.NOTED, note)

    def move(self, office: Office, note: str) -> None:
        """Hands it to the other office, which finds it among its new ones.

        Raises:
            CaseError: without a word on why.
        """
        self._require(self._rights.decide)
        if office is self.office:
            return
        if not note:
            raise CaseError(Trouble.NO_REASON)
        status = self.status if self.status in CLOSED else Status.NEW
        self.office = office
        self._change(Step.MOVED, note, status=status, office=office)

    def answer(self, replies: Mapping[str, str], *, declined: bool) -> None:
        """Closes it with an answer, or with the reason why nothing will be done.

        What was shown before is hidden again: new words want a new approval.

        Raises:
            CaseError: without words in any language, or with too many.
        """
        self._require(self._rights.decide if declined else self._rights.work)
        said = {f"reply_{language}": replies.get(language, "") for language in LANGUAGES}
        if not any(said.values()):
            raise CaseError(Trouble.NO_REPLY)
        if any(len(text) > REPLY_LENGTH_MAX for text in said.values()):
            raise CaseError(Trouble.TOO_LONG)
        unchanged = all((getattr(self._row, name) or "") == text for name, text in said.items())
        status = Status.DECLINED if declined else Status.ANSWERED
        if unchanged and status is self.status:
            return
        self._change(
            Step.DECLINED if declined else Step.ANSWERED,
            status=status,
            closed_ms=self._now_ms,
            reply_public=bool(self._row.reply_public) and unchanged,
            **said,
        )

    def reopen(self, note: str) -> None:
        """Takes a closed one up again; what was replied stays, and is not shown meanwhile."""
        self._require(self._rights.work)
        if self.status in CLOSED:
            self._change(
                Step.REOPENED, note, status=Status.ASSIGNED, closed_ms=None, reply_public=False
            )

    def show(self, *, words: bool, reply: bool) -> None:
        """Approves for the public page and the kiosk's screen, or takes that back.

        Raises:
            CaseError: for words that are deleted, or a reply that is none.
        """
        self._require(self._rights.decide)
        if words and not self._row.body:
            raise CaseError(Trouble.WORDS_DELETED)
        if reply and self.status not in CLOSED:
            raise CaseError(Trouble.ANSWER_FIRST)
        before = bool(self._row.words_public), bool(self._row.reply_public)
        if (words, reply) == before:
            return
        more = (words, not before[0]) == (True, True) or (reply and not before[1])
        self._change(Step.SHOWN if more else Step.HIDDEN, words_public=words, reply_public=reply)

    def delete_words(self) -> None:
        """Takes the shopper's words away for good; the hash in the journal stays.

        The salt goes too: with it, a short text could be guessed from its hash.
        """
        self._require(self._rights.decide)
        if not self._row.body:
            return
        self._connection.execute(
            update(suggestion_text)
            .where(self._key.row_of(suggestion_text))
            .values(body="", salt=b"")
        )
        self._change(Step.DELETED, words_public=False, deleted_ms=self._now_ms)

    @property
    def _rights(self) -> Rights:
        return rights_of(self._person, self.office)

    @staticmethod
    def _require(allowed: bool) -> None:
        if not allowed:
            raise ProblemError("forbidden", "Another office has this suggestion now.")

    def _open_row(self, row: Row[Any]) -> None:
        """Makes the first row of one that nobody has touched yet."""
        if row.changed_ms is not None:
            return
        self._connection.execute(
            insert(suggestion_case).values(
                **self._key._asdict(),
                status=Status.NEW,
                office=Office.REGION,
                reply_kk="",
                reply_ru="",
                reply_en="",
                words_public=False,
                reply_public=False,
                changed_ms=self._now_ms,
            )
        )

    def _change(self, step: Step, note: str = "", **values: Any) -> None:
        self._connection.execute(
            update(suggestion_case)
            .where(self._key.row_of(suggestion_case))
            .values(**values, changed_ms=self._now_ms)
        )
        last = self._connection.execute(
            select(func.max(suggestion_step.c.number)).where(self._key.row_of(suggestion_step))
        ).scalar_one()
        self._connection.execute(
            insert(suggestion_step).values(
                **self._key._asdict(),
                number=1 if last is None else int(last) + 1,
                at_ms=self._now_ms,
                account_id=self._person.account_id,
                what=step.value,
                office=self.office.value,
                note=note[:NOTE_LENGTH_MAX],
            )
        )
        # Neither the shopper's words nor the reply: a reply may repeat what was deleted.
        audit.note(
            self._connection,
            self._person,
            f"suggestion.{step.value}",
            self._key.suggestion_id,
            now_ms=self._now_ms,
            region_code=self._region_code,
            shop_id=self._key.shop_id,
            office=self.office.value,
            words_public=values.get("words_public"),
            reply_public=values.get("reply_public"),
        )
