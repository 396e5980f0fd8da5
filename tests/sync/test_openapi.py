"""What the OpenAPI page promises is what the server does, whatever anybody sends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kiosk.domain.entries import CashCount
from sync.server import admin
from sync.server.app import create_app
from sync.server.settings import Settings
from tests.sync.harness import MemoryJournal, RunningServer, running, sqlite_url
from tests.sync.test_upload import push

CASES_PER_ROUTE = 12
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

schema = schemathesis.openapi.from_dict(
    create_app(Settings("sqlite:////nowhere/adal.db")).openapi()
)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, list[str]]]:
    """A server with a shop's journal in it, and tokens: a kiosk's, a reader's, nobody's."""
    with running(sqlite_url(tmp_path_factory.mktemp("openapi"))) as server:
        server.add_shop()
        journal = MemoryJournal()
        journal.add_sales(20)
        journal.add(CashCount({"n500": 1}, "v1", None, "a-count-1"))
        given = server.enrol(journal)
        push(journal, given)
        reader = server.store.write(
            lambda c: admin.add_token(c, name="reader", now_ms=server.settings.now_ms())
        )
        yield server, [given.token, reader, "nonsense"]


@schema.parametrize()
@settings(
    max_examples=CASES_PER_ROUTE,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_message_breaks_the_server_or_gets_an_answer_that_was_not_promised(
    centre: tuple[RunningServer, list[str]], case: schemathesis.Case
) -> None:
    server, tokens = centre
    for token in tokens:
        response = case.call(
            base_url=server.url, headers={"Authorization": f"Bearer {token}"}, timeout=20
        )
        case.validate_response(response, checks=CHECKS)
