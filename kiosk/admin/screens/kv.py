"""Reads the kv of a page of the back room."""

from __future__ import annotations

from pathlib import Path

from kiosk.screens import kv

HERE = Path(__file__).parent


def load_kv(*names: str) -> None:
    """Reads ``<name>.kv`` beside this file, once."""
    kv.load_kv(*names, folder=HERE)
