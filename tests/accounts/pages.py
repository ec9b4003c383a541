"""Addresses for the tests of sign-in: the portal's own, and one ordinary page without any mark."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path


def clients(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.user} {request.LANGUAGE_CODE}")


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("", include("portal.accounts.urls")),
    path("", include("portal.ui.urls")),
    path(
        "",
        include(([path("clients/", clients, name="clients"), path("missing/", missing, name="missing")], "dashboards")),
    ),
]
