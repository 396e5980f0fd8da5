"""Is the program whole: Python, libraries, SQLite, letters, languages?"""

from __future__ import annotations

import importlib
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from kiosk.doctor.finding import Finding, good, look, wrong

PYTHONS = ((3, 11), (3, 13))
"""Oldest and newest that the tests run on."""

LIBRARIES = {
    "kivy": "kivy",
    "cv2": "opencv-python",
    "zxingcpp": "zxing-cpp",
    "pyzbar.pyzbar": "pyzbar and the system's libzbar0",
    "numpy": "numpy",
    "sqlalchemy": "sqlalchemy",
    "msgspec": "msgspec",
    "httpx": "httpx",
    "cryptography": "cryptography",
    "argon2": "argon2-cffi",
    "fpdf": "fpdf2",
}
"""By the module that is imported: the name under which people install it."""

LETTERS = "₸ӘәҒғҚқҢңӨөҰұҮүҺһІі"
"""The tenge sign (U+20B8) and the letters that only Kazakh has."""

SQLITE_TESTED = (3, 40, 0)
"""Debian 12's, the oldest that the power-cut tests ran on."""
_AGAIN = "Install the program again: ./run setup kiosk, or adal-kiosk install."


def findings(root: Path) -> Iterator[Finding]:
    """Args: root: where kiosk.kv and assets lie."""
    yield _python()
    yield _libraries()
    yield _sqlite()
    yield _letters(root / "assets" / "fonts")
    yield _languages(root / "assets" / "locale")


def _python() -> Finding:
    said = ".".join(str(part) for part in sys.version_info[:3])
    oldest, newest = PYTHONS
    if sys.version_info[:2] < oldest:
        return wrong("python", said, "Install Python 3.11 to 3.13 (Debian 12 and 13 have one).")
    if sys.version_info[:2] > newest:
        return look("python", f"{said}, newer than was tested", "Use Python 3.11 to 3.13.")
    return good("python", said)


def _libraries() -> Finding:
    missing = {name: why for module, name in LIBRARIES.items() if (why := _why_not(module))}
    if missing:
        says = "; ".join(f"{name}: {why}" for name, why in missing.items())
        return wrong("libraries", says, _AGAIN)
    return good("libraries", f"all {len(LIBRARIES)} load")


def _why_not(module: str) -> str:
    """Why a library does not load; empty when it does."""
    try:
        importlib.import_module(module)
    except (ImportError, OSError) as error:  # OSError: a system library that it needs
        return str(error).splitlines()[0]
    return ""


def _sqlite() -> Finding:
    said = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < SQLITE_TESTED:
        return look("sqlite", f"{said}, older than was tested", "Use Debian 12 or newer.")
    return good("sqlite", f"{said}; the journal is written with TRUNCATE and FULL")


def _letters(fonts: Path) -> Finding:
    from fontTools.ttLib import TTFont, TTLibError

    files = sorted(fonts.glob("*.ttf"))
    if not files:
        return wrong("fonts", f"none in {fonts}", _AGAIN)
    for path in files:
        try:
            with TTFont(path, lazy=True) as font:
                known = font.getBestCmap() or {}
        except (OSError, TTLibError) as error:
            return wrong("fonts", f"{path.name}: {error}", _AGAIN)
        missing = [letter for letter in LETTERS if ord(letter) not in known]
        if missing:
            return wrong("fonts", f"{path.name} lacks {' '.join(missing)}", _AGAIN)
    return good("fonts", f"{len(files)} with ₸ and all Kazakh letters")


def _languages(locale: Path) -> Finding:
    compiled = sorted(path.parts[-3] for path in locale.glob("*/LC_MESSAGES/*.mo"))
    lacking = {"kk", "ru"} - set(compiled)
    if lacking:
        return wrong("languages", f"no texts in {', '.join(sorted(lacking))}", _AGAIN)
    return good("languages", ", ".join([*compiled, *({"en"} - set(compiled))]))
