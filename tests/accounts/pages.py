"""Addresses for the tests of sign-in: the portal's own, and ordinary pages without any mark."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path


def ordinary(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.user} {request.LANGUAGE_CODE}")


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("", include("portal.accounts.urls")),
    path("", include("portal.accounts.signin.urls")),
    path("", include("portal.ui.urls")),
    path(
        "",
        include(
            (
                [
                    path("", ordinary, name="board"),
                    path("clients/", ordinary, name="clients"),
                    path("missing/", missing, name="missing"),
                ],
                "dashboards",
            )
        ),
    ),
]
