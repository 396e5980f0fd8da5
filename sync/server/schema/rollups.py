"""Sums that are kept while entries are taken in, so that dashboards need not read journals."""

from __future__ import annotations
