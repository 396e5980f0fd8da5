"""The journal on disk: one append-only table of entries, and the folds beside it."""

from kiosk.journal.journal import Journal

__all__ = ["Journal"]
