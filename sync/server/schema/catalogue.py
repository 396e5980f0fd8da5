"""Products, prices by place, pictures, campaigns, and who has which version."""

from __future__ import annotations
