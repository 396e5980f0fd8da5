"""What needs attention, and who was told."""

from __future__ import annotations
