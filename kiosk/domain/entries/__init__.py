"""Journal entries: their types, and how they become the bytes that are kept for ever.

A payload is compact JSON that a person can read: ``type``, ``v`` (schema version of that type),
``at_ms``, ``boot`` and ``mono_ms`` (the stamp), then the fields of the body. The bytes are made
once, by :func:`encode`, and never made again: what is stored, hashed, sent and stored at the
centre is the same string of bytes.

To change a body: give it a new ``VERSION``, keep decoding the old one in ``codec._UPGRADES``.
"""

from __future__ import annotations

from kiosk.domain.entries.base import Body, Count, Millis, PieceCounts, Stamp, Tenge
from kiosk.domain.entries.box import (
    CashCount,
    CashOut,
    CashReceived,
    EntryRef,
    FloatIn,
    PieceMissing,
)
from kiosk.domain.entries.codec import BODY_TYPES, Entry, EntryBody, decode, encode, type_of
from kiosk.domain.entries.machine import Boot, ClockSet
from kiosk.domain.entries.people import (
    AdminOpened,
    HelpCall,
    PinFailed,
    Suggestion,
    UnknownScan,
    VolunteerChanged,
)
from kiosk.domain.entries.sales import (
    Abandoned,
    CashTender,
    Correction,
    QrTender,
    Sale,
    SaleLine,
    SaleRef,
    Tender,
    paid_tenge,
)
from kiosk.domain.entries.shelf import (
    PriceChange,
    PriceLine,
    ProductChange,
    Restock,
    RestockLine,
    StockLine,
    Stocktake,
    StocktakeLine,
    WriteOff,
)

__all__ = [
    "BODY_TYPES",
    "Abandoned",
    "AdminOpened",
    "Body",
    "Boot",
    "CashCount",
    "CashOut",
    "CashReceived",
    "CashTender",
    "ClockSet",
    "Correction",
    "Count",
    "Entry",
    "EntryBody",
    "EntryRef",
    "FloatIn",
    "HelpCall",
    "Millis",
    "PieceCounts",
    "PieceMissing",
    "PinFailed",
    "PriceChange",
    "PriceLine",
    "ProductChange",
    "QrTender",
    "Restock",
    "RestockLine",
    "Sale",
    "SaleLine",
    "SaleRef",
    "Stamp",
    "StockLine",
    "Stocktake",
    "StocktakeLine",
    "Suggestion",
    "Tender",
    "Tenge",
    "UnknownScan",
    "VolunteerChanged",
    "WriteOff",
    "decode",
    "encode",
    "paid_tenge",
    "type_of",
]
