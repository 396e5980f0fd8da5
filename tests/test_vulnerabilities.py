"""What is pinned is asked about where that is possible, and what is known is not passed over."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import vulnerabilities
from tests.vulnerabilities import Known, NotAskedError, Pinned, known, lock_files, main, pinned


class Service(ThreadingHTTPServer):
    """Answers as OSV does; knows one vulnerability."""

    queries: list[dict] = []
    answer: bytes | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/querybatch"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.queries = json.loads(body)["queries"]
        results = [
            {"vulns": [{"id": "PYSEC-2099-1", "modified": "2099-01-01T00:00:00Z"}]}
            if query["package"]["name"] == "holey"
            else {}
            for query in self.server.queries
        ]
        answer = self.server.answer or json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_every_package_is_pinned_to_one_version_with_hashes_and_read_here() -> None:
    for file in lock_files():
        text = file.read_text("utf-8")
        starts = re.findall(r"^[A-Za-z0-9]\S*", text, re.MULTILINE)
        assert len(pinned([file])) == len(starts), file
        assert text.count("--hash=sha256:") >= len(starts), file
    names = [one.name for one in pinned(lock_files())]
    assert {"kivy", "fastapi", "cryptography"} <= set(names)
    assert len(names) == len(set(names)), "one package in two versions"


def test_all_are_asked_about_at_once_and_what_is_known_is_told(service: Service) -> None:
    packages = [Pinned("holey", "1.0"), Pinned("sound", "2.0")]
    assert known(packages, service.url) == [Known(packages[0], "PYSEC-2099-1")]
    assert [query["version"] for query in service.queries] == ["1.0", "2.0"]
    assert {query["package"]["ecosystem"] for query in service.queries} == {"PyPI"}


def test_what_was_looked_at_and_accepted_is_passed_over(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vulnerabilities, "ACCEPTED", {"PYSEC-2099-1": "we never call it"})
    assert known([Pinned("holey", "1.0")], service.url) == []


@pytest.mark.parametrize("answer", [b"<html>sign in</html>", b"{}", b'{"results": []}'])
def test_an_answer_of_somebody_else_is_no_answer(service: Service, answer: bytes) -> None:
    service.answer = answer
    with pytest.raises(NotAskedError):
        known([Pinned("holey", "1.0")], service.url)


def test_a_machine_without_the_service_says_that_it_was_not_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADAL_OSV_URL", "http://127.0.0.1:9/v1/querybatch")
    assert main() == 0
    assert "not asked: " in capsys.readouterr().err


def test_a_known_vulnerability_fails_the_command(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADAL_OSV_URL", service.url)
    assert main() == 0
    monkeypatch.setattr(vulnerabilities, "pinned", lambda _files: [Pinned("holey", "1.0")])
    assert main() == 1
    assert "PYSEC-2099-1" in capsys.readouterr().err


def test_nothing_is_known_of_what_is_pinned(capsys: pytest.CaptureFixture[str]) -> None:
    """The real service, where it can be reached; elsewhere this only says so."""
    code = main()
    said = capsys.readouterr().err
    assert code == 0, said
    assert "not asked: " in said or "0 in" in said
