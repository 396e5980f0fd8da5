"""Kiosk and centre over TLS: the right certificate or nothing."""

import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.domain.errors import Unreachable
from sync import enrolment
from tests.sync.harness import MemoryJournal, RunningServer, sqlite_url


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Adal test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "cert.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file


def test_a_kiosk_speaks_only_with_a_centre_whose_certificate_it_trusts(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    server = RunningServer(sqlite_url(tmp_path), certificate=certificate, key=key)
    server.start()
    server.add_shop()
    journal, code = MemoryJournal(), server.code()

    def enrol(verify: object) -> enrolment.Enrolment:
        return enrolment.enrol(
            server.url,
            code,
            kiosk_id=journal.identity.kiosk_id,
            epoch=1,
            key=journal.identity.key,
            software="adal test",
            verify=verify,
        )

    try:
        with pytest.raises(Unreachable, match="certificate"):
            enrol(True)
        assert enrol(ssl.create_default_context(cafile=certificate)).status == "approved"
    finally:
        server.stop()
        server.store.close()
