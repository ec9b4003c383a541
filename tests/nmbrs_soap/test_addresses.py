"""Only allowed addresses are called, and nothing is sent anywhere else."""

import socket
from itertools import product
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


SCHEMES = ["https://", "http://", "HTTP://", "ftp://", "file://", "//", "", "https:", "https:///"]
USERS = ["", "user@", "user:secret@", "api.nmbrs.nl@", "api.nmbrs.nl%40"]
HOSTS = [
    "api.nmbrs.nl", "API.nmbrs.nl", "api-sandbox.nmbrs.nl", "api.nmbrs.nl.", "api.nmbrs.nl.evil.example", "nmbrs.nl",
    "x.api.nmbrs.nl", "api%2enmbrs.nl", "api\u3002nmbrs\u3002nl", "api.nmbrs.n\u217c", "evil.example", "localhost",
    "127.0.0.1", "127.1", "127.0.0.2", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::1]",  # noqa: S104 - asked for, not bound
    "[::ffff:127.0.0.1]", "169.254.169.254", "[fd00:ec2::254]", "10.0.0.1",
]  # fmt: skip
PORTS = ["", ":", ":443", ":80", ":8100", ":08100", ":8101", ":99999", ":-1", ":8100 "]
#: Of all these together the only ones that are called, in whichever way the same port is written.
CALLED = {
    "https://api.nmbrs.nl": {"", ":", ":443"},
    "https://API.nmbrs.nl": {"", ":", ":443"},
    "https://api-sandbox.nmbrs.nl": {"", ":", ":443"},
    "http://127.0.0.1": {":8100", ":08100"},
    "HTTP://127.0.0.1": {":8100", ":08100"},
}


def called(address: str) -> str:
    """What is called when the settings hold this address; empty when nothing is."""
    try:
        return checked_address(address, ALLOWED)
    except HostNotAllowed as error:
        assert len(address) < 2 or address not in str(error)
        return ""


def test_threat_29_of_thousands_of_addresses_only_those_on_the_list_are_called() -> None:
    made = {scheme + user + host + port for scheme, user, host, port in product(SCHEMES, USERS, HOSTS, PORTS)}
    assert len(made) > 5_000
    found = {address: plain for address in made if (plain := called(address))}
    assert set(found) == {f"{host}{port}" for host, ports in CALLED.items() for port in ports}
    assert {plain.removesuffix(":443") for plain in found.values()} == set(ALLOWED)


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
