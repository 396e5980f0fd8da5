"""Every refusal that the server knows, in one place."""

from __future__ import annotations

from kiosk.domain.errors import RefusedError
from sync.wire import EpochMark, Problem

STATUS_OF = {
    "bad_message": 400,
    "token_missing": 401,
    "token_unknown": 401,
    "code_unknown": 403,
    "kiosk_pending": 403,
    "kiosk_suspended": 403,
    "kiosk_revoked": 403,
    "kiosk_replaced": 403,
    "kiosk_other": 403,
    "kiosk_name": 422,
    "forbidden": 403,
    "not_found": 404,
    "gap": 409,
    "fork": 409,
    "aside_full": 409,
    "too_large": 413,
    "hash": 422,
    "signature": 422,
    "suggestion": 422,
    "too_many": 429,
    "unavailable": 503,
}
"""Problem code → HTTP status."""


class ProblemError(RefusedError):
    """A request that cannot be served, with the answer that says so."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        mark: EpochMark | None = None,
        fork_seq: int | None = None,
    ) -> None:
        super().__init__(message)
        self.problem = Problem(code, message, mark, fork_seq)
        self.status = STATUS_OF[code]
