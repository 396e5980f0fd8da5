"""Products, prices, pictures and campaigns, published as versions."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
