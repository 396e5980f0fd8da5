"""The pages of the back room, and the steps of a visit."""

from __future__ import annotations

from enum import StrEnum


class Page(StrEnum):
    """Every page; its desk is ``kiosk.admin.<value>``, its view ``kiosk.admin.screens.<value>``."""

    DOOR = "door"
    SETUP = "setup"
    HOME = "home"
    VOLUNTEERS = "volunteers"
    COUNT = "count"
    TAKE_OUT = "take_out"
    STOCKTAKE = "stocktake"
    RESTOCK = "restock"
    CHANGE_FLOAT = "change_float"
    SUMMARY = "summary"
    WRITE_OFF = "write_off"
    PRODUCTS = "products"
    PRODUCT = "product"
    UNKNOWN = "unknown"
    TAGS = "tags"
    LABELS = "labels"
    SHEETS = "sheets"
    MACHINE = "machine"
    CAMERA = "camera"
    BACKUP = "backup"
    VOICES = "voices"
    SALES = "sales"
    RECEIPT = "receipt"

    @property
    def class_stem(self) -> str:
        """``take_out`` → ``TakeOut``: its desk is ``TakeOutDesk``, its view ``TakeOutView``."""
        return "".join(word.capitalize() for word in self.value.split("_"))


class Step(StrEnum):
    """The steps of a visit, in their order; each has the page of the same name."""

    COUNT = "count"
    TAKE_OUT = "take_out"
    STOCKTAKE = "stocktake"
    RESTOCK = "restock"
    CHANGE_FLOAT = "change_float"
    SUMMARY = "summary"

    @property
    def page(self) -> Page:
        """Where the step is done."""
        return Page(self.value)
