"""What goes with every request of a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.connections import wording
from portal.ui.permissions import of_client, without_clients


class WordingMiddleware:
    """Lets texts know who reads them. Nothing is asked before a text needs it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with wording.answered_by(lambda: without_clients(request), lambda: of_client(request)):
            return self._get_response(request)


class WrongMethodMiddleware:
    """Whoever opens an address that only a form can use reads so, in place of an empty page.

    Views refuse a method without a word: a program needs none, and what asks for a piece of a page has its own words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self._get_response(request)
        opened = request.method == "GET" and request.headers.get("HX-Request") != "true"
        if answer.status_code != 405 or not opened or answer.streaming or answer.content:
            return answer
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = answer.headers.get("Allow", "")
        return page
