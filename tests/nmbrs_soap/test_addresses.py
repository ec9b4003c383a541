"""Only allowed addresses are called, and nothing is sent anywhere else."""

import socket
from pathlib import Path

import pytest

from portal.nmbrs.soap import SoapSource
from portal.nmbrs.soap.address import checked_address
from portal.source import HostNotAllowed, Level, Scope, Soap

ALLOWED = ["https://api.nmbrs.nl", "https://api-sandbox.nmbrs.nl", "http://127.0.0.1:8100"]
REFUSED = [
    "",
    "api.nmbrs.nl",
    "//api.nmbrs.nl",
    "http://api.nmbrs.nl",
    "https://api.nmbrs.nl:8443",
    "https://api.nmbrs.nl.",
    "https://api.nmbrs.nl.example.com",
    "https://apiXnmbrs.nl",
    "https://api.nmbrs.nl@169.254.169.254",
    "https://user@api.nmbrs.nl",
    "https://user:secret@api.nmbrs.nl",
    "https://api.nmbrs.nl/soap",
    "https://api.nmbrs.nl?x=1",
    "https://api.nmbrs.nl#x",
    "https://api.nmbrs.nl\\@evil.example",
    "https://api.nmbrs.nl\n",
    "https://api.nmbrs.nl%2eevil.example",
    "https://арі.nmbrs.nl",
    "https://api。nmbrs。nl",
    "https://169.254.169.254",
    "http://169.254.169.254/latest/meta-data",
    "http://localhost:8100",
    "http://127.0.0.1",
    "http://127.0.0.1:8101",
    "http://127.0.0.2:8100",
    "http://2130706433:8100",
    "http://0x7f000001:8100",
    "http://[::1]:8100",
    "http://[::ffff:127.0.0.1]:8100",
    "http://0.0.0.0:8100",
    "https://127.0.0.1:8100",
    "file:///etc/passwd",
    "ftp://api.nmbrs.nl",
    "gopher://api.nmbrs.nl",
    "https://api.nmbrs.nl:99999",
    "https://[",
]


class NoSlots:
    """A budget that shows that no try was begun."""

    def acquire(self) -> float:
        raise AssertionError("a try was begun")

    def observe(self, latency: float, kind: str = "") -> None:
        raise AssertionError("a call was answered")


@pytest.mark.parametrize("address", REFUSED)
def test_threat_29_any_other_address_is_refused_before_a_socket_opens(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_socket(*args: object, **options: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_socket)
    monkeypatch.setattr(socket, "getaddrinfo", no_socket)
    source = SoapSource(
        host=address,
        user="u",
        token="t",
        domain="d",
        budget=NoSlots(),
        allowed_hosts=ALLOWED,
        wsdl_folder=tmp_path,
    )
    with pytest.raises(HostNotAllowed) as caught:
        source.fetch(Soap("List_GetAll", "DebtorService", "Debtor", {"id": "Id"}), Scope(Level.ENVIRONMENT), {})
    assert len(address) < 2 or address not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://api.nmbrs.nl", "https://api.nmbrs.nl"),
        ("https://API.nmbrs.nl/", "https://api.nmbrs.nl"),
        ("https://api.nmbrs.nl:443", "https://api.nmbrs.nl:443"),
        ("http://127.0.0.1:8100", "http://127.0.0.1:8100"),
    ],
)
def test_an_allowed_address_is_made_plain(address: str, plain: str) -> None:
    assert checked_address(address, ALLOWED) == plain


def test_a_loopback_address_without_a_port_allows_every_port_of_it() -> None:
    assert checked_address("http://127.0.0.1:4711", ["http://127.0.0.1"]) == "http://127.0.0.1:4711"
    assert checked_address("http://[::1]:4711", ["http://[::1]"]) == "http://[::1]:4711"
    with pytest.raises(HostNotAllowed):
        checked_address("http://localhost:4711", ["http://127.0.0.1"])
    with pytest.raises(HostNotAllowed):
        checked_address("https://api.nmbrs.nl:4711", ["https://api.nmbrs.nl"])


def test_plain_http_is_refused_outside_loopback_even_when_it_is_on_the_list() -> None:
    with pytest.raises(HostNotAllowed):
        checked_address("http://api.nmbrs.nl", ["http://api.nmbrs.nl"])
