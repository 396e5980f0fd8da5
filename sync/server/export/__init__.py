"""Taking the numbers home: what can be taken, in which formats, by whom."""

from __future__ import annotations

from sync.server.export.paging import ExportChains, ExportPage

__all__ = ["ExportChains", "ExportPage"]
