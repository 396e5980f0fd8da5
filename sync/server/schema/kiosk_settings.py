"""What kiosks are told from afar, and what they tell of themselves."""

from __future__ import annotations
