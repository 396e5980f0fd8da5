"""Columns that many tables share: whose a row is, and which entry it is about.

Each call makes new columns, since a column belongs to one table only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, String

KIOSK_ID_LENGTH = 16


def shop_key() -> Column[int]:
    """The shop, first in the primary key of every big table: it can be spread by shop."""
    return Column("shop_id", Integer, primary_key=True, autoincrement=False)


def kiosk_key() -> tuple[Column[Any], ...]:
    """A key that begins with a shop and its kiosk."""
    return shop_key(), Column("kiosk_id", String(KIOSK_ID_LENGTH), primary_key=True)


def journal_key() -> tuple[Column[Any], ...]:
    """A key that begins with one epoch of a kiosk, which is one chain of entries."""
    return *kiosk_key(), Column("epoch", Integer, primary_key=True, autoincrement=False)


def entry_key() -> tuple[Column[Any], ...]:
    """A key that begins with one entry's name for ever."""
    return *journal_key(), Column("seq", BigInteger, primary_key=True, autoincrement=False)


def place_key() -> tuple[Column[Any], ...]:
    """A place, as part of a key: a region and shop 0, or a shop together with its region."""
    return Column("region_code", String(2), primary_key=True), shop_key()
