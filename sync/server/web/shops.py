"""Shops, regions and the country: the same measures at each height."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
