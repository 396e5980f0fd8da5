"""Reads a screen's kv when its module is first imported, once: a rule read twice doubles its
children."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kivy.lang import Builder


def load_kv(*names: str) -> None:
    """Reads ``<name>.kv`` beside this file."""
    for name in names:
        _load_once(name)


@cache
def _load_once(name: str) -> None:
    Builder.load_file(str(Path(__file__).with_name(f"{name}.kv")))
