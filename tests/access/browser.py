"""A browser that is quick enough for tens of thousands of requests: no copies of contexts, no redirects followed."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import transaction
from django.test.client import RequestFactory

from tests.access.hearing import ListeningHandler

UNSAFE_OR_NOT = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_BOOSTED": "true", "HTTP_HX_CURRENT_URL": "https://elsewhere.example/x"}
#: What may differ between two answers that say the same.
_SESSION = re.compile(rb"(?<=-session=)[a-z0-9]{32}(?=;)")
_CSRF = re.compile(rb'csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+|csrf=\w{32}')


@dataclass(frozen=True)
class Answer:
    """What came back: everything somebody could read."""

    status: int
    headers: str
    body: bytes
    #: Django's class of the exception behind an answer of 500; empty when there was none.
    error: str = ""

    @property
    def whole(self) -> bytes:
        """Headers, cookies and body in one."""
        return self.headers.encode() + b"\n\n" + self.body

    def comparable(self, path: str) -> bytes:
        """Without the token of CSRF, a new session's key, and the address asked for, which a page may repeat."""
        headers = re.sub(r"^Content-Length: .*$", "", self.headers, flags=re.MULTILINE).encode()
        headers = _SESSION.sub(b"", headers)
        return _CSRF.sub(b"", headers + self.body).replace(path.encode(), b"")


@cache
def _handler(middleware: tuple[str, ...]) -> ListeningHandler:
    """One for all browsers: putting the middleware together takes as long as a small page."""
    return ListeningHandler(enforce_csrf_checks=False)


class Browser(RequestFactory):
    """Sends requests with the cookies of one person. CSRF is not asked: threat 23 has a test of its own."""

    def __init__(self, session: str = "", language: str = "en") -> None:
        super().__init__(headers={"accept-language": language})
        self._handler = _handler(tuple(settings.MIDDLEWARE))
        self.session = session

    def request(self, **request: Any) -> Any:
        """Send it."""
        self.cookies.clear()
        if self.session:
            self.cookies[settings.SESSION_COOKIE_NAME] = self.session
        errors: list[str] = []

        def note(sender: Any, **_: Any) -> None:
            import sys

            errors.append(repr(sys.exc_info()[1]))

        got_request_exception.connect(note)
        try:
            answer = self._handler(self._base_environ(**request))
        finally:
            got_request_exception.disconnect(note)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        cookies = "".join(f"\nSet-Cookie: {cookie.OutputString()}" for cookie in answer.cookies.values())
        headers = "\n".join(f"{name}: {value}" for name, value in sorted(answer.items()))
        return Answer(answer.status_code, headers + cookies, body, "; ".join(errors))

    def send(self, method: str, path: str, body: Any = None, **extra: Any) -> Answer:
        """One request; a form as a body for unsafe methods, as the query for others."""
        if method in ("GET", "HEAD"):
            answer: Answer = getattr(self, method.lower())(path, body or {}, **extra)
        elif method == "POST":
            answer = self.post(path, body or {}, **extra)
        else:
            answer = self.generic(method, path, **extra)
        return answer


class undone:  # noqa: N801 - reads as a word: `with undone():`
    """A block whose writes are rolled back. The portal may take it for the outermost transaction, as in any test."""

    def __enter__(self) -> None:
        self._block = transaction.atomic()
        self._block._from_testcase = True  # type: ignore[attr-defined]
        self._block.__enter__()

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        self._block.__exit__(None, None, None)
