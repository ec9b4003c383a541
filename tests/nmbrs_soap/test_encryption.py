"""Over https the certificate is checked, and reading keeps to the deadline as it does without encryption."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.nmbrs.soap import SoapSource
from portal.nmbrs.soap.pool import begin_try, open_pool
from portal.source import Level, Scope, Soap, Unavailable

DEBTORS = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id"})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that no authority signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[str]:
    """The address of a server that answers slowly over https: headers at once, the rest a byte every 0.1 s."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
                    for _ in range(100):
                        connection.sendall(b"x")
                        time.sleep(0.1)
            except OSError:
                if listener.fileno() < 0:
                    return

    threading.Thread(target=serve, daemon=True).start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


def test_a_certificate_that_nobody_signed_is_refused(encrypted: str, source: Callable[..., SoapSource]) -> None:
    with pytest.raises(Unavailable) as caught:
        source(encrypted).fetch(DEBTORS, Scope(Level.ENVIRONMENT), {})
    assert caught.value.detail == "certificate or encryption"


def test_a_dripping_answer_is_cut_at_the_deadline_over_https_too(encrypted: str, certificate: Path) -> None:
    pool = open_pool(encrypted, certificates=str(certificate))
    began = time.monotonic()
    begin_try(0.8)
    response = pool.urlopen("GET", "/", preload_content=False, timeout=5)
    with pytest.raises(Exception, match=r"(?i)timed out|deadline"):
        response.read()
    assert 0.7 < time.monotonic() - began < 2
    pool.close()
