"""Posters and lines for the start screen, by days and place."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import date

import msgspec
from sqlalchemy import Connection, RowMapping, delete, insert, select

from kiosk.domain.errors import CatalogueError
from kiosk.domain.ledger import day_of
from sync.server.accounts import audit
from sync.server.accounts.roles import Person, Role
from sync.server.catalogues.facts import pictures, used_pictures
from sync.server.catalogues.places import Place, home_of, require_writer, seen_by, written_by
from sync.server.problems import ProblemError
from sync.server.schema import shop
from sync.server.schema.catalogue import campaign
from sync.wire import Campaign, CampaignsDocument

LINE_LENGTH_MAX = 120
DAYS_MAX = 366
_TAG_LENGTH = 16


def add(
    connection: Connection,
    person: Person,
    place: Place,
    *,
    days: tuple[date, date],
    lines: Mapping[str, str],
    picture: str | None,
    now_ms: int,
) -> str:
    """Adds a campaign; kiosks take it at their next contact.

    Raises:
        ProblemError: ``forbidden``.
        CatalogueError: naming what is wrong: ``days``, ``lines`` or ``empty``.
    """
    require_writer(person, place, price_only=person.role is Role.SHOP)
    first, last = days
    if not 0 <= (last - first).days <= DAYS_MAX:
        raise CatalogueError("days")
    said = {language: line for language, line in lines.items() if line}
    if any(len(line) > LINE_LENGTH_MAX for line in said.values()):
        raise CatalogueError("lines")
    if not said and picture is None:
        raise CatalogueError("empty")
    campaign_id = secrets.token_hex(8)
    connection.execute(
        insert(campaign).values(
            campaign_id=campaign_id,
            **place.columns,
            from_day=first,
            to_day=last,
            lines=json.dumps(said, ensure_ascii=False),
            picture=picture,
            account_id=person.account_id,
            created_ms=now_ms,
        )
    )
    _note(connection, person, "campaign.add", campaign_id, place, now_ms)
    return campaign_id


def end(connection: Connection, person: Person, campaign_id: str, now_ms: int) -> None:
    """Takes a campaign away; kiosks do at their next contact.

    Raises:
        ProblemError: ``not_found``, also for one of a place that is not this person's.
    """
    row = connection.execute(
        select(campaign).where(campaign.c.campaign_id == campaign_id, written_by(campaign, person))
    ).one_or_none()
    if row is None:
        raise ProblemError("not_found", "There is no such campaign here.")
    connection.execute(delete(campaign).where(campaign.c.campaign_id == campaign_id))
    place = Place(row.region_code, row.shop_id)
    _note(connection, person, "campaign.end", campaign_id, place, now_ms)


def listed(connection: Connection, person: Person) -> list[RowMapping]:
    """Campaigns that some shop of this person's part shows, shows no more, or will show."""
    home = home_of(connection, person.scope)
    return list(
        connection.execute(
            select(campaign, shop.c.name.label("shop_name"))
            .outerjoin(shop, shop.c.shop_id == campaign.c.shop_id)
            .where(seen_by(campaign, home))
            .order_by(campaign.c.to_day.desc(), campaign.c.campaign_id)
        ).mappings()
    )


def document_for(connection: Connection, shop_id: int, now_ms: int) -> CampaignsDocument:
    """A shop's campaigns that have not ended, soonest first."""
    region_code = connection.execute(
        select(shop.c.region_code).where(shop.c.shop_id == shop_id)
    ).scalar_one()
    rows = connection.execute(
        select(campaign)
        .where(seen_by(campaign, Place(region_code, shop_id)), campaign.c.to_day >= day_of(now_ms))
        .order_by(campaign.c.from_day, campaign.c.campaign_id)
    ).all()
    shown = [
        Campaign(
            row.campaign_id,
            row.from_day.isoformat(),
            row.to_day.isoformat(),
            json.loads(row.lines),
            row.picture,
        )
        for row in rows
    ]
    used = used_pictures(pictures(connection), (one.picture for one in shown)) if shown else {}
    said = hashlib.sha256(msgspec.json.encode([shown, used])).hexdigest()
    return CampaignsDocument(said[:_TAG_LENGTH], shown, used)


def _note(
    connection: Connection,
    person: Person,
    action: str,
    campaign_id: str,
    place: Place,
    now_ms: int,
) -> None:
    audit.note(
        connection,
        person,
        action,
        campaign_id,
        now_ms=now_ms,
        region_code=place.region_code or None,
        shop_id=place.shop_id or None,
    )
