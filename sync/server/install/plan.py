"""The steps that put the centre on a machine, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from kiosk.domain.errors import ConfigError
from sync.steps import Folder, Line, Run, Step, Write

FILES = Path(__file__).parent / "files"
PROXIES = ("caddy", "nginx", "none")
PACKAGES = {
    "caddy": ("caddy",),
    "nginx": ("nginx", "certbot", "python3-certbot-nginx"),
    "none": (),
}
UNITS = (
    "adal-centre.service",
    "adal-backup.service",
    "adal-backup.timer",
    "adal-drill.service",
    "adal-drill.timer",
)
VENV = "/opt/adal/venv"
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})+")


@dataclass(frozen=True, slots=True)
class Choices:
    """What differs from machine to machine.

    ``domain``: the name that kiosks and people use. ``wheel``: the program. ``requirements``:
    exact versions with hashes; without it pip takes what fits. ``keep``: backups that stay.
    """

    domain: str
    wheel: Path
    proxy: str = "caddy"
    port: int = 8484
    keep: int = 14
    requirements: Path | None = None


def plan(choices: Choices) -> list[Step]:
    """All steps; each may be done again.

    Raises:
        ConfigError: for a name or a port that cannot be.
    """
    if not _DOMAIN.fullmatch(choices.domain):
        raise ConfigError(f"--domain {choices.domain!r}: write a name such as adal.example.kz.")
    if not 1024 <= choices.port <= 65535:
        raise ConfigError(f"--port {choices.port}: 1024 to 65535.")
    if choices.keep < 1:
        raise ConfigError(f"--keep {choices.keep}: at least 1, or no night's backup would succeed.")
    return [
        *_system(choices),
        *_program(choices),
        *_database(),
        *_services(choices),
        *_proxy(choices),
    ]


def _system(choices: Choices) -> Iterator[Step]:
    packages = ("python3-venv", "postgresql", *PACKAGES[choices.proxy])
    yield Run(("apt-get", "install", "-y", "--no-install-recommends", *packages))
    yield Run(
        (
            *("useradd", "--system", "--user-group", "--home-dir", "/var/lib/adal"),
            *("--shell", "/usr/sbin/nologin", "adal"),
        ),
        ("id", "adal"),
    )
    yield Folder("/etc/adal", 0o750, "root:adal")
    yield Folder("/var/backups/adal", 0o700, "adal:adal")


def _program(choices: Choices) -> Iterator[Step]:
    yield Folder("/opt/adal", 0o755, "root:root")
    yield Run(("python3", "-m", "venv", VENV), ("test", "-x", f"{VENV}/bin/python"))
    pip = (f"{VENV}/bin/python", "-m", "pip", "install", "--quiet")
    if choices.requirements is not None:
        # Whole paths: the commands run from the root, wherever these were named.
        locked = str(choices.requirements.absolute())
        yield Run((*pip, "--require-hashes", "--requirement", locked))
        yield Run((*pip, "--no-deps", "--force-reinstall", str(choices.wheel.absolute())))
    else:
        yield Run((*pip, "--upgrade", f"adal[server] @ {choices.wheel.absolute().as_uri()}"))


def _database() -> Iterator[Step]:
    """The role has no password: only the system's user of the same name gets in, by the socket."""
    as_postgres = ("runuser", "-u", "postgres", "--")
    # CREATEDB for the restore drill, which makes a database of its own and throws it away.
    yield Run(
        (*as_postgres, "createuser", "--createdb", "adal"),
        (
            *as_postgres,
            "psql",
            "--quiet",
            "--dbname=postgres",
            "--command=ALTER ROLE adal CREATEDB",
        ),
    )
    yield Run(
        (
            *as_postgres,
            "createdb",
            "--owner=adal",
            "--encoding=UTF8",
            "--template=template0",
            "adal",
        ),
        (*as_postgres, "psql", "--quiet", "--dbname=adal", "--command=SELECT 1"),
    )


def _services(choices: Choices) -> Iterator[Step]:
    yield Write(
        "/etc/adal/centre.env", rendered("centre.env", choices), 0o640, "root:adal", once=True
    )
    for unit in UNITS:
        yield Write(f"/etc/systemd/system/{unit}", rendered(unit, choices))
    yield Write("/etc/adal/prometheus-alerts.yml", rendered("prometheus-alerts.yml", choices))
    yield Run(("systemctl", "daemon-reload"))
    yield Run(("systemctl", "enable", "adal-centre.service"))
    # Also when it runs already: it may be a newer version.
    yield Run(("systemctl", "restart", "adal-centre.service"))
    yield Run(("systemctl", "enable", "--now", "adal-backup.timer", "adal-drill.timer"))


def _proxy(choices: Choices) -> Iterator[Step]:
    if choices.proxy == "caddy":
        yield Write("/etc/caddy/adal.caddy", rendered("adal.caddy", choices))
        yield Line("/etc/caddy/Caddyfile", "import /etc/caddy/adal.caddy")
        yield Run(
            ("caddy", "validate", "--adapter", "caddyfile", "--config", "/etc/caddy/Caddyfile")
        )
        yield Run(("systemctl", "reload-or-restart", "caddy.service"))
    elif choices.proxy == "nginx":
        certificate = f"{_certificates(choices)}/fullchain.pem"
        yield Run(
            (
                *("certbot", "certonly", "--nginx", "--non-interactive", "--agree-tos"),
                *("--register-unsafely-without-email", "--domain", choices.domain),
                *("--deploy-hook", "systemctl reload nginx"),
            ),
            ("test", "-e", certificate),
        )
        yield Write("/etc/nginx/conf.d/adal.conf", rendered("adal.nginx", choices))
        yield Run(("nginx", "-t"))
        yield Run(("systemctl", "reload-or-restart", "nginx.service"))


def rendered(name: str, choices: Choices) -> str:
    """A file of this package with the choices put in."""
    return Template((FILES / name).read_text()).substitute(
        domain=choices.domain,
        port=choices.port,
        keep=choices.keep,
        certificates=_certificates(choices),
        hardening=(FILES / "hardening").read_text().strip(),
    )


def _certificates(choices: Choices) -> str:
    return f"/etc/letsencrypt/live/{choices.domain}"
