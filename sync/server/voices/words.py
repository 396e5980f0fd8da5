"""What a suggestion can be, and which one is meant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Table, and_

from sync.server.accounts.roles import Person, Role

REPLY_LENGTH_MAX = 1_000
NOTE_LENGTH_MAX = 500
LANGUAGES = ("kk", "ru", "en")


class Status(StrEnum):
    """Where a suggestion stands. Only the first two are open."""

    NEW = "new"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    DECLINED = "declined"


OPEN = (Status.NEW, Status.ASSIGNED)
CLOSED = (Status.ANSWERED, Status.DECLINED)


class Office(StrEnum):
    """Who has it: the office of the shop's region, or the national one."""

    REGION = "region"
    NATIONAL = "national"


class Step(StrEnum):
    """What was done to a suggestion."""

    TAKEN = "taken"
    MOVED = "moved"
    NOTED = "noted"
    ANSWERED = "answered"
    DECLINED = "declined"
    REOPENED = "reopened"
    SHOWN = "shown"
    HIDDEN = "hidden"
    DELETED = "deleted"


class Key(NamedTuple):
    """Which suggestion: the primary key of its words."""

    shop_id: int
    kiosk_id: str
    suggestion_id: str

    def row_of(self, table: Table) -> ColumnElement[bool]:
        """The condition on any of its tables."""
        return and_(*(table.c[name] == value for name, value in self._asdict().items()))


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with a suggestion now.

    ``work``: take it, note, answer. ``decide``: decline, move, show and delete besides.
    """

    work: bool
    decide: bool


def rights_of(person: Person, office: Office) -> Rights:
    """Who has it works on it; the national office may always.

    A shop's lead answers for his shop while the region has it; what everybody will read and what
    is thrown away, an office decides.
    """
    has_it = person.is_changer and (office is Office.REGION or person.scope.is_national)
    return Rights(has_it, has_it and person.role is not Role.SHOP)
