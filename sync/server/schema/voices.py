"""Suggestions' way through the offices, and checkpoints."""

from __future__ import annotations
