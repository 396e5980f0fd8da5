"""Where the money went."""

from __future__ import annotations
