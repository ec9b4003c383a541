"""Under which names each page reads what somebody sends: heard while it answers, whatever the code looks like."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest, get_bytes_from_wsgi
from django.http import HttpResponseBase, QueryDict
from django.test.client import ClientHandler
from django.utils.functional import cached_property

#: Name of the address -> names that were read there.
HEARD: dict[str, set[str]] = {}


class Listening(QueryDict):
    """What somebody sent, by a request that says which page asks for it."""

    page: Any = None

    def _hear(self, name: object) -> None:
        match = getattr(self.page, "resolver_match", None)
        if match is not None and isinstance(name, str):
            HEARD.setdefault(match.view_name, set()).add(name)

    def __getitem__(self, key: str) -> Any:
        self._hear(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._hear(key)
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        """All values of a name."""
        self._hear(key)
        return super().getlist(key, default)


class ListeningRequest(WSGIRequest):
    """A request that remembers what it is asked for."""

    @cached_property
    def GET(self) -> Listening:  # type: ignore[override]  # noqa: N802 - Django's name
        """The query of the address."""
        heard = Listening(get_bytes_from_wsgi(self.environ, "QUERY_STRING", ""), encoding=self.encoding)
        heard.page = self
        return heard

    def _get_post(self) -> Any:
        sent = super()._get_post()  # type: ignore[misc]
        if not isinstance(sent, Listening):
            heard = Listening("", mutable=True, encoding=sent.encoding)
            for name, values in sent.lists():
                heard.setlist(name, values)
            heard._mutable, heard.page = False, self
            self._post = sent = heard
        return sent

    POST = property(_get_post, WSGIRequest._set_post)  # type: ignore[assignment,attr-defined]


class ListeningHandler(ClientHandler):
    """Django's handler of the test client, with such requests."""

    def get_response(self, request: Any) -> HttpResponseBase:
        """The portal's answer."""
        request.__class__ = ListeningRequest
        return super().get_response(request)
