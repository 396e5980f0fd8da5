"""Names and places that several rooms of the kiosk must agree on."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent

ROOT = _PACKAGE / "share" if (_PACKAGE / "share").is_dir() else _PACKAGE.parent
"""Where kiosk.kv, assets and the shipped config.toml lie: in a wheel, or in a checkout."""

CODE = _PACKAGE.parent
"""Where the packages lie: kiosk.kv names the screens' kv files from there."""

SOFTWARE = "adal 0.1.0"
"""Name and version, as told to the centre and written into every boot entry."""

PICTURES_FOLDER = "pictures"
"""Beside the journal: products' pictures that were taken here or came from the centre."""

ENROLMENT_FILE = "enrolment.json"
"""Beside the journal: the shop and the centre that this kiosk belongs to."""
