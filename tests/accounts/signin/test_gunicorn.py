"""S7, through the server itself: what gunicorn sends with the settings of a real installation behind a proxy."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from portal.vault.env_file import fresh_keys
from tests.accounts.signin.grader import grade
from tests.demo.running import free_port

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
HOST = "portal.example.nl"
#: What a proxy that ends TLS sends along.
BEHIND = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
LEAST = 130


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The portal behind gunicorn with its static files packed, and where it listens."""
    folder = tmp_path_factory.mktemp("installation")
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_ENV_FILE": os.devnull,
        "PORTAL_VAR": str(folder),
        "PORTAL_STATIC": str(folder / "static"),
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
        "ALLOWED_HOSTS": HOST,
        "PORTAL_URL": f"https://{HOST}",
        "PORTAL_BEHIND_PROXY": "yes",
        "PORTAL_PROXY_COUNT": "1",
        **fresh_keys(),
    }
    folder.chmod(0o700)
    template = Path(os.environ.get("TEST_TEMPLATE", ""))
    if template.is_file():
        shutil.copyfile(template, folder / "portal.sqlite3")
        (folder / "portal.sqlite3").chmod(0o600)
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True)
    free = free_port()
    server = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{free}", "--no-control-socket"]
    process = subprocess.Popen(server, env=environment)
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", free), timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield free
    finally:
        process.terminate()
        process.wait(30)


def asked(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], list[str], bytes]:
    """Status, headers, cookies and body."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers={**BEHIND, **headers})
        answer = connection.getresponse()
        cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        return answer.status, dict(answer.getheaders()), cookies, answer.read()


@pytest.mark.parametrize(
    ("path", "status"), [("/sign-in/", 200), ("/password/", 200), ("/sign-out/", 405), ("/nowhere/", 404)]
)
def test_every_page_gets_a_plus(port: int, path: str, status: int) -> None:
    got, headers, cookies, page = asked(port, path)
    assert got == status
    points, why = grade(headers, cookies)
    assert points >= LEAST, why
    assert all("Secure" in cookie and cookie.startswith("__Host-") for cookie in cookies)
    # Pages with a form carry a token against forged ones.
    assert bool(cookies) == (b"csrfmiddlewaretoken" in page)
    assert cookies or path not in ("/sign-in/", "/password/")


def test_a_static_file_is_for_this_site_only_and_is_no_page(port: int) -> None:
    _, _, _, page = asked(port, "/sign-in/")
    path = page.decode().partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert path.startswith("/static/")
    status, headers, cookies, body = asked(port, path)
    assert (status, cookies) == (200, [])
    assert body
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Access-Control-Allow-Origin" not in headers


def test_a_visitor_without_tls_is_sent_to_it_and_another_host_gets_nothing(port: int) -> None:
    status, headers, _, _ = asked(port, "/sign-in/", **{"X-Forwarded-Proto": "http"})
    assert (status, headers["Location"]) == (301, f"https://{HOST}/sign-in/")
    assert asked(port, "/sign-in/", Host="evil.example")[0] == 400
