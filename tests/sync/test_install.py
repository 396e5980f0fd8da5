"""The centre on a small machine: every file and command, checked by the programs they are for."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from kiosk.domain.errors import ConfigError
from sync.__main__ import main
from sync.cli import metrics
from sync.server.install.plan import FILES, UNITS, Choices, plan, rendered
from sync.steps import Folder, Line, Run, Write, do
from tests.ports import free_port
from tests.sync.harness import sqlite_url, wait_until

CHOICES = Choices("adal.example.kz", Path("/srv/adal-0.1.0-py3-none-any.whl"))
WORDS = ("install", "--domain", "adal.example.kz", "--wheel", "adal.whl")
PROXY_CHECKS = [name for name in ("caddy", "nginx") if shutil.which(name)]
"""Debian's own programs read the files where they are installed; the shape is checked anywhere."""


def test_a_dry_run_says_each_file_and_command_and_touches_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*WORDS, "--dry-run"]) == 0
    said = capsys.readouterr().out
    for step in plan(CHOICES):
        match step:
            case Write(path) | Folder(path) | Line(path):
                assert path in said
            case Run(words):
                assert words[0] in said
    assert "NoNewPrivileges=yes" in said
    assert not Path("/etc/adal").exists()


def test_only_root_installs_and_only_where_systemd_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main([*WORDS]) == 1
    assert "root" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain": "adal"},
        {"domain": "adal.example.kz; rm -rf /"},
        {"domain": "a.kz\nroot *"},
        {"domain": "-a.kz"},
        {"port": 80},
        {"port": 70_000},
        {"keep": 0},
    ],
)
def test_a_name_that_could_mean_something_in_a_file_is_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError):
        plan(replace(CHOICES, **wrong))


def test_files_that_were_named_from_a_folder_are_found_from_the_root() -> None:
    near = replace(CHOICES, wheel=Path("dist/adal.whl"), requirements=Path("server.txt"))
    words = [word for step in plan(near) if isinstance(step, Run) for word in step.words]
    for name in ("dist/adal.whl", "server.txt"):
        assert str(Path.cwd() / name) in words
        assert name not in words


class Machine:
    """A machine's files in a folder, and what its commands would say."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ran: list[tuple[str, ...]] = []
        self.settled = False
        for folder in ("etc/systemd/system", "etc/caddy", "etc/nginx/conf.d"):
            (root / folder).mkdir(parents=True)
        (root / "etc/caddy/Caddyfile").write_text(":80 {\n\tfile_server\n}")

    def run(self, words: Sequence[str], is_question: bool) -> int:
        if is_question:
            return 0 if self.settled else 1
        self.ran.append(tuple(words))
        return 0

    def install(self, choices: Choices = CHOICES) -> list[str]:
        """The files that had to be written."""
        return [
            str(step)
            for step, was_needed in do(plan(choices), run=self.run, root=self.root)
            if was_needed and not isinstance(step, Run)
        ]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    # Owners are the machine's; here there is no user adal.
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return Machine(tmp_path)


def test_installing_again_changes_nothing_and_keeps_what_somebody_set(machine: Machine) -> None:
    assert machine.install()
    environment = machine.root / "etc/adal/centre.env"
    assert environment.stat().st_mode & 0o777 == 0o640
    environment.write_text("ADAL_MAIL_FROM=adal@example.kz\n")
    machine.settled = True
    machine.ran.clear()
    assert machine.install() == []
    assert environment.read_text() == "ADAL_MAIL_FROM=adal@example.kz\n"
    lines = (machine.root / "etc/caddy/Caddyfile").read_text().splitlines()
    assert lines.count("import /etc/caddy/adal.caddy") == 1
    assert lines[2] == "}"
    assert not any("useradd" in words or "createdb" in words for words in machine.ran)


def test_a_newer_version_replaces_its_units_and_restarts_the_centre(machine: Machine) -> None:
    machine.install()
    unit = machine.root / "etc/systemd/system/adal-centre.service"
    unit.write_text("[Unit]\nDescription=of an older version\n")
    machine.ran.clear()
    assert [name for name in machine.install() if "adal-centre.service" in name]
    assert "Description=Adal" in unit.read_text()
    assert ("systemctl", "restart", "adal-centre.service") in machine.ran


def test_a_command_that_fails_ends_it_and_says_which(machine: Machine) -> None:
    def run(words: Sequence[str], is_question: bool) -> int:
        return 1 if is_question or "useradd" in words else 0

    with pytest.raises(ConfigError, match="useradd"):
        list(do(plan(CHOICES), run=run, root=machine.root))
    assert not (machine.root / "etc/adal").exists()


def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    assert program, "apt-get install systemd"
    for name in UNITS:
        unit = rendered(name, CHOICES).replace("/opt/adal/venv/bin/adal-sync", "/bin/true")
        (tmp_path / name).write_text(unit)
    paths = [str(tmp_path / name) for name in UNITS]
    done = subprocess.run(
        [program, "verify", "--recursive-errors=no", *paths],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    exposed = [program, "security", "--offline=true", "--threshold=20", paths[0]]
    judged = subprocess.run(exposed, check=False, capture_output=True, text=True, timeout=60)
    assert judged.returncode == 0, judged.stdout[-300:]


def test_every_service_is_hardened_and_every_file_of_the_package_is_used() -> None:
    used = {"hardening"}
    for proxy in ("caddy", "nginx"):
        for step in plan(replace(CHOICES, proxy=proxy)):
            if isinstance(step, Write):
                used |= {
                    file.name
                    for file in FILES.iterdir()
                    if step.content == rendered(file.name, CHOICES)
                }
    assert used == {file.name for file in FILES.iterdir()}
    for unit in UNITS:
        if unit.endswith(".service"):
            text = rendered(unit, CHOICES)
            for line in ("User=adal", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n"):
                assert line in text, unit


@pytest.mark.parametrize("proxy", ["caddy", "nginx"])
def test_a_proxy_says_who_asks_and_keeps_metrics_to_the_machine(proxy: str, tmp_path: Path) -> None:
    config = tmp_path / f"adal.{proxy}"
    config.write_text(rendered(f"adal.{proxy}", CHOICES))
    text = config.read_text()
    assert "127.0.0.1:8484" in text
    assert "/metrics" in text
    assert "Strict-Transport-Security" in text
    if proxy in PROXY_CHECKS:
        done = _read_by_its_program(proxy, config, tmp_path)
        assert done.returncode == 0, done.stderr


def _read_by_its_program(
    proxy: str, config: Path, folder: Path
) -> subprocess.CompletedProcess[str]:
    words = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(config)]
    if proxy == "nginx":
        _certificate(folder)
        own = config.read_text().replace("/etc/letsencrypt/live/adal.example.kz", str(folder))
        config.write_text(own)
        whole = folder / "nginx.conf"
        whole.write_text(
            f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
            f"http {{ access_log off; include {config}; }}\n"
        )
        words = ["nginx", "-t", "-c", str(whole)]
    environment = {**os.environ, "HOME": str(folder)}
    return subprocess.run(
        words, check=False, capture_output=True, text=True, timeout=60, env=environment
    )


def _certificate(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=adal", "-days", "2"),
            *("-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )


@pytest.fixture
def behind_a_proxy(tmp_path: Path) -> Iterator[str]:
    """The real server process, started as the unit starts it."""
    port = free_port()
    secret = tmp_path / "token"
    secret.write_text("a-long-token-of-prometheus\n")
    words = ("serve", "--port", str(port), "--behind-tls", "--db", sqlite_url(tmp_path))
    process = subprocess.Popen(
        [sys.executable, "-m", "sync", *words, "--metrics-token-file", str(secret)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(url))
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    time.sleep(0.1)
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_behind_a_proxy_the_real_sender_waits_after_wrong_passwords_and_nobody_else(
    behind_a_proxy: str,
) -> None:
    def log_in(number: int, sender: str) -> int:
        return httpx.post(
            f"{behind_a_proxy}/login",
            data={"email": f"nobody{number}@example.kz", "password": "wrong"},
            headers={"X-Forwarded-For": sender, "X-Forwarded-Proto": "https"},
            timeout=30,
        ).status_code

    codes = [log_in(number, "203.0.113.9") for number in range(7)]
    assert codes[0] == 401
    assert codes[-1] == 429
    assert log_in(99, "203.0.113.10") == 401
    asked = {"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer a-long-token-of-prometheus"}
    assert httpx.get(f"{behind_a_proxy}/metrics", headers=asked).status_code == 200
    del asked["Authorization"]
    assert httpx.get(f"{behind_a_proxy}/metrics", headers=asked).status_code == 404


def test_a_short_or_missing_token_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tmp_path / "token"
    short.write_text("x" * (metrics.TOKEN_LENGTH_MIN - 1))
    for path in (short, tmp_path / "none"):
        words = ["serve", "--db", sqlite_url(tmp_path), "--metrics-token-file", str(path)]
        assert main(words) == 1
        assert str(path) in capsys.readouterr().err


def test_the_gauges_can_be_written_for_the_node_exporter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = ("--db", sqlite_url(tmp_path))
    assert main(["rollups", "check", *database]) == 0
    assert main(["metrics", "--out", str(tmp_path / "adal.prom"), *database]) == 0
    assert "adal_build_info{" in (tmp_path / "adal.prom").read_text()
    capsys.readouterr()
    assert main(["metrics", *database]) == 0
    assert "adal_database_size_bytes" in capsys.readouterr().out
