"""Kiosks: enrolled, approved, suspended, replaced, set from afar."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
