"""The central server's tables; the same on SQLite, PostgreSQL and Citus.

Small tables (regions, shops, kiosks, epochs, codes, tokens, catalogues, people) can stand on every
machine. Big ones begin their primary key with ``shop_id``, so that they can be spread by shop;
no unique key, serial or trigger stands in the way of that.
"""

from __future__ import annotations

from sync.server.schema import alarms, catalogue, kiosks, money, rollups, voices
from sync.server.schema.accounts import account, audit, invitation, login_failure, session
from sync.server.schema.base import metadata
from sync.server.schema.journals import (
    ATTENTION_TYPES,
    IS_ATTENTION,
    IS_VISIT,
    VISIT_TYPES,
    access_token,
    catalogue_version,
    enrol_code,
    entry,
    kiosk,
    kiosk_epoch,
    quarantine,
    region,
    shop,
    shop_day,
    suggestion_text,
    watermark,
)

__all__ = [
    "ATTENTION_TYPES",
    "IS_ATTENTION",
    "IS_VISIT",
    "VISIT_TYPES",
    "access_token",
    "account",
    "alarms",
    "audit",
    "catalogue",
    "catalogue_version",
    "enrol_code",
    "entry",
    "invitation",
    "kiosk",
    "kiosk_epoch",
    "kiosk_settings",
    "kiosks",
    "login_failure",
    "metadata",
    "money",
    "quarantine",
    "region",
    "rollups",
    "session",
    "shop",
    "shop_day",
    "suggestion_text",
    "voices",
    "watermark",
]
