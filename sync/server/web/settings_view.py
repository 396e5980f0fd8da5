"""What the settings' page shows, of a shop or of a region."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from kiosk.domain.remote_settings import BY_KEY, Group
from sync.server.accounts.roles import Person
from sync.server.kiosk_settings import history, publishing, reports, values, volunteers
from sync.server.kiosk_settings.values import Held, Place
from sync.server.schema import region, shop
from sync.server.web import settings_forms as forms


def shop_view(connection: Connection, person: Person, place: Place) -> dict[str, Any]:
    """One shop's page."""
    here = connection.execute(select(shop).where(shop.c.shop_id == place.shop_id)).one()
    people = volunteers.rows_of(connection, place.shop_id)
    made = publishing.published(connection, place.shop_id)
    return {
        **_common(connection, person, place),
        "shop": here,
        "address": f"/shops/{here.slug}/settings",
        "version": made.version if made else 0,
        "kiosks": reports.of_shop(connection, place.shop_id),
        "volunteers": people,
        "names": {row.volunteer_id: row.name for row in people},
        "new_id": volunteers.new_id(),
    }


def region_view(connection: Connection, person: Person, place: Place) -> dict[str, Any]:
    """A region's page, with the shops that may say otherwise."""
    shops = connection.execute(
        select(shop.c.slug, shop.c.name)
        .where(shop.c.region_code == place.region_code, person.scope.shops())
        .order_by(shop.c.name)
    )
    return {
        **_common(connection, person, place),
        "shop": None,
        "address": f"/regions/{place.region_code}/settings",
        "shops": list(shops),
        "names": {},
    }


def _common(connection: Connection, person: Person, place: Place) -> dict[str, Any]:
    held = values.held_at(connection, place)
    above = values.held_at(connection, Place(place.region_code)) if place.shop_id else {}
    rows = [_row(person, key, held.get(key), above.get(key)) for key in BY_KEY]
    names = connection.execute(
        select(region).where(region.c.region_code == place.region_code)
    ).one()
    return {
        "region": {
            "code": place.region_code,
            "kk": names.name_kk,
            "ru": names.name_ru,
            "en": names.name_en,
        },
        "rows": rows,
        "groups": [(g.value, [r for r in rows if r["setting"].group is g]) for g in Group],
        "seen": values.seen_mark(held),
        "changes": history.changes(connection, place),
        "settings": BY_KEY,
        "trouble": "",
        "pin_trouble": "",
        "typed_name": "",
        "issued": None,
    }


def _row(person: Person, key: str, held: Held | None, above: Held | None) -> dict[str, Any]:
    setting = BY_KEY[key]
    return {
        "setting": setting,
        "held": held,
        "above": above,
        "fields": forms.shown(setting, held.value if held else None),
        "may": values.may_set(person, setting),
        "is_misfit": False,
    }
