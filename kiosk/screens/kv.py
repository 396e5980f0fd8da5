"""Reads a screen's kv when its module is first imported, once: a rule read twice doubles its
children."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kivy.lang import Builder

HERE = Path(__file__).parent


def load_kv(*names: str, folder: Path = HERE) -> None:
    """Reads ``<name>.kv`` in that folder."""
    for name in names:
        _load_once(folder / f"{name}.kv")


@cache
def _load_once(path: Path) -> None:
    Builder.load_file(str(path))
