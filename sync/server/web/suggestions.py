"""The inbox of suggestions, and what was answered."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
