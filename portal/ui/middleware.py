"""What goes with every request of a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.connections import wording
from portal.ui.permissions import of_client, without_clients


class WordingMiddleware:
    """Lets texts know who reads them. Nothing is asked before a text needs it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with wording.answered_by(lambda: without_clients(request), lambda: of_client(request)):
            return self._get_response(request)
