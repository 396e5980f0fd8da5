"""What keeps curious people out, where no other test says it: docs/THREATS.md names them all."""

from __future__ import annotations

import ast
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from kiosk.facts import ROOT
from sync import wire
from sync.server.accounts.roles import Role, Scope
from sync.server.app import SECURITY_HEADERS, create_app
from sync.server.settings import Settings
from tests.faults.centres import database_file, on_sqlite
from tests.faults.test_secrets import life_of_a_coordinator, life_of_a_kiosk
from tests.sync.harness import RunningServer
from tests.web.people import PASSWORD, logged_in, make_person

PATIENCE_S = 60.0

# --- a shopper ---

WAYS_OUT = {
    *("TextInput", "CodeInput", "FileChooserListView", "FileChooserIconView", "Clipboard"),
    *("webbrowser", "WebView", "VKeyboard", "Popen", "startfile", "plyer"),
}
"""What would open something else, or bring in what somebody copied."""
MAY_START_PROGRAMS = {"voice.py"}
"""It speaks through a program of the system."""


def _names(source: str) -> set[str]:
    tree = ast.parse(source)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            used |= {part for alias in node.names for part in alias.name.split(".")}
            used |= set((getattr(node, "module", None) or "").split("."))
    return used


def test_no_screen_opens_a_file_a_link_or_another_program_or_takes_the_clipboard() -> None:
    screens = [*(ROOT / "kiosk/screens").rglob("*.py"), *(ROOT / "kiosk/admin").rglob("*.py")]
    assert len(screens) > 100
    wrong = {
        f"{file.name}: {name}"
        for file in screens
        for name in _names(file.read_text("utf-8")) & WAYS_OUT
        if file.name not in MAY_START_PROGRAMS
    }
    layouts = [ROOT / "kiosk.kv", *(ROOT / "kiosk").rglob("*.kv")]
    wrong |= {
        f"{file.name}: {name}"
        for file in layouts
        for name in WAYS_OUT
        if re.search(rf"\b{name}\b", file.read_text("utf-8"))
    }
    assert wrong == set()


def test_the_window_of_a_lobby_has_no_escape_no_modules_and_one_pointer(tmp_path: Path) -> None:
    asked = (
        "import json\n"
        "from kiosk.screens.window import WindowSettings, harden\n"
        "harden(WindowSettings(kiosk=True))\n"
        "from kivy.config import Config\n"
        "print(json.dumps({part: dict(Config.items(part)) for part in Config.sections()}))\n"
    )
    # Whoever set the machine up may have tried something out with Kivy; that must not count.
    (tmp_path / "config.ini").write_text(
        "[kivy]\nexit_on_escape = 1\n[modules]\ninspector =\nkeybinding =\n"
        "[input]\nmtdev = mtdev,/dev/input/event0\n[graphics]\nfullscreen = 0\nborderless = 0\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked, "--", "-m", "inspector", "--size=100x100"],
        env={"PATH": "/usr/bin", "PYTHONPATH": str(ROOT), "KIVY_HOME": str(tmp_path)}
        | {"KCFG_KIVY_EXIT_ON_ESCAPE": "1", "KIVY_NO_CONSOLELOG": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    ).stdout
    settings = json.loads(said.splitlines()[-1])
    assert settings["kivy"]["exit_on_escape"] == "0"
    assert settings["modules"] == {}
    assert settings["input"] == {"mouse": "mouse,disable_multitouch"}
    assert (settings["graphics"]["fullscreen"], settings["graphics"]["borderless"]) == ("auto", "1")
    assert settings["graphics"]["show_cursor"] == "0"


# --- strangers at the centre ---


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with on_sqlite() as server:
        yield server


def pages() -> list[str]:
    """Every address that can be asked for without knowing a name."""
    app = create_app(Settings("sqlite:////nowhere/adal.db"))
    return sorted(
        {
            str(context.path)
            for context in iter_route_contexts(app.routes)
            if isinstance(context.original_route, APIRoute)
            and "GET" in (context.methods or ())
            and "{" not in str(context.path)
        }
    )


def test_every_answer_forbids_scripts_from_elsewhere_and_none_has_one_of_its_own_inside(
    server: RunningServer,
) -> None:
    person = logged_in(server, Role.NATIONAL, Scope())
    answers = [person.get(path) for path in pages()]
    answers += [
        httpx.get(f"{server.url}/nothing/of/the/kind", timeout=PATIENCE_S),
        httpx.post(f"{server.url}/overview", timeout=PATIENCE_S),
        httpx.post(f"{server.url}{wire.API}/enrol", content=b"\xff", timeout=PATIENCE_S),
        httpx.get(f"{server.url}/static/adal.css", timeout=PATIENCE_S),
    ]
    assert len(answers) > 30
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for answer in answers:
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers.get(name) == value, f"{answer.url}: {name}"
        if "text/html" in answer.headers.get("content-type", ""):
            assert not inline(answer.text), f"{answer.url}: {inline(answer.text)}"


INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>"
    r"|<[a-z][^>]*\s(?:on[a-z]+|style)\s*=[^>]*>|javascript:|<style\b",
    re.IGNORECASE,
)


def inline(html: str) -> list[str]:
    """What a browser would run or paint that stands in the page itself."""
    return [found[:80] for found in INLINE.findall(html)]


def test_the_look_for_what_stands_in_a_page_finds_it() -> None:
    for wrong in (
        "<script>steal()</script>",
        '<img src="x" onerror="steal()">',
        '<a href="javascript:steal()">',
        '<p class="a" style="color: red">',
        "<style>p {}</style>",
    ):
        assert inline(wrong), wrong
    assert not inline('<script src="/static/a.js" defer></script><p class="on style">online</p>')


def test_a_sessions_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    server: RunningServer,
) -> None:
    person = make_person(server, Role.AUDITOR, email="cookie@example.kz")
    answer = httpx.post(
        f"{server.url}/login",
        data={"email": person.email, "password": PASSWORD},
        timeout=PATIENCE_S,
    )
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if "session" in one.lower()]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert "httponly" in attributes
    assert attributes & {"samesite=lax", "samesite=strict"}


def test_the_centres_database_holds_no_token_code_or_password_in_clear(tmp_path: Path) -> None:
    with on_sqlite() as server:
        secrets = life_of_a_kiosk(tmp_path / "kiosk", server)
        coordinators = life_of_a_coordinator(server)
        file = database_file(server)
        kept = b"".join(
            part.read_bytes() for part in file.parent.iterdir() if part.name.startswith(file.name)
        )
    password, wrong_password, telephone, form_token, *cookies = coordinators
    assert cookies
    # The control: to check a telephone's codes the centre must know its secret. A form's token is
    # of no use without its session's cookie.
    assert telephone.encode() in kept
    assert form_token
    for secret in (*secrets, password, wrong_password, *cookies):
        assert secret.encode() not in kept, f"{secret} stands in the database"


HALF_SENT = 300


def test_hundreds_who_send_a_request_by_halves_keep_nobody_out(server: RunningServer) -> None:
    address = ("127.0.0.1", server.port)
    slow = [socket.create_connection(address, PATIENCE_S) for _ in range(HALF_SENT)]
    try:
        for number, line in enumerate(slow):
            half = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: "
            body = b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nemail="
            line.sendall(half if number % 2 else body)
        for _ in range(3):
            answer = httpx.get(f"{server.url}/healthz", timeout=PATIENCE_S)
            assert answer.status_code == 200
    finally:
        for line in slow:
            line.close()
