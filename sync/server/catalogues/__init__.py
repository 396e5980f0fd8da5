"""Products, prices and pictures: edited as drafts, published as versions that kiosks take whole.

``facts`` holds what is known of products at which place and renders a shop's list; ``editing``
keeps what people changed and nobody published yet. ``publishing`` makes a version,
``documents`` its bytes, ``delivery`` hands them to kiosks; ``sheets`` reads and writes tables.
"""

from __future__ import annotations

from sync.server.catalogues.documents import current_document, current_version
from sync.server.catalogues.publishing import put
from sync.server.catalogues.sheets import COLUMNS, gtin14, read_csv

__all__ = ["COLUMNS", "current_document", "current_version", "gtin14", "put", "read_csv"]
