"""Backups of the centre: one file that holds all of its state, and proof that it can be read.

All that the centre knows stands in its database: journals, people, pictures, and the key it signs
with. A backup is a tar file ``adal-centre-<moment>.tar`` with the database as its own program
writes it and, before it, a manifest: SHA-256, rows per table, how far each journal goes with its
last hash, and the last checkpoints. It is read back before it takes its name (:mod:`make`), and
:mod:`restore` holds what came back against the same manifest. :mod:`drill` does that in a place
that is thrown away: only a backup that was restored once is one.

Whoever holds a backup can speak for the centre. The file has mode 0600; encrypt it before it
leaves the machine (docs/OPERATIONS.md).
"""

from __future__ import annotations

from kiosk.domain.errors import AdalError


class BackupError(AdalError):
    """A backup that cannot be made, read or put back; says what to do."""
