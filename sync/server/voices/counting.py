"""Where suggestions stand, and how many stand where."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, select

from sync.server.accounts.roles import of_shops
from sync.server.schema import suggestion_text
from sync.server.schema.voices import suggestion_case
from sync.server.voices.words import Key, Office, Status

status_now: ColumnElement[str] = func.coalesce(suggestion_case.c.status, Status.NEW.value)
office_now: ColumnElement[str] = func.coalesce(suggestion_case.c.office, Office.REGION.value)


SAME = and_(
    *(suggestion_case.c[name] == suggestion_text.c[name] for name in Key._fields),
)


def counts_where(connection: Connection, where: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    """How many there are of each status."""
    counted = connection.execute(
        select(status_now.label("status"), func.count())
        .select_from(suggestion_text)
        .outerjoin(suggestion_case, SAME)
        .where(*where)
        .group_by(status_now)
    )
    return {str(status): int(count) for status, count in counted}


def counts_of_shops(connection: Connection, shops: ColumnElement[bool]) -> dict[str, int]:
    """As :func:`counts_where`, where shops alone are chosen, and a good deal faster.

    Those that somebody touched are counted by their cases, and the new ones are what is left: no
    two tables need to be laid side by side.
    """
    touched = connection.execute(
        select(suggestion_case.c.status, func.count())
        .where(of_shops(suggestion_case.c.shop_id, shops))
        .group_by(suggestion_case.c.status)
    )
    counts = {str(status): int(count) for status, count in touched}
    came = connection.execute(
        select(func.count())
        .select_from(suggestion_text)
        .where(of_shops(suggestion_text.c.shop_id, shops))
    ).scalar_one()
    if untouched := int(came) - sum(counts.values()):
        counts[Status.NEW.value] = counts.get(Status.NEW.value, 0) + untouched
    return counts
