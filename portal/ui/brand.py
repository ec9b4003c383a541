"""The colours and the logo of the firm one belongs to. Nothing in the address says which: the person does."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.accounts.branding import logo_of
from portal.accounts.grants import look_of
from portal.ui.colours import stylesheet


@dataclass(frozen=True)
class Brand:
    """What the frame of a page shows of the reader's firm; empty: the portal's own."""

    accent: str
    logo: str

    @property
    def colours(self) -> str:
        """The colour without its sign, for an address."""
        return self.accent.removeprefix("#")


def brand_of(request: HttpRequest) -> Brand:
    """Of the one firm of the reader. Shares its query with the capabilities."""
    return Brand(*look_of(getattr(request, "user", None)))


@require_safe
def colours(request: HttpRequest) -> HttpResponse:
    """A stylesheet with the firm's shades; empty where the firm chose none."""
    accent = brand_of(request).accent
    return HttpResponse(stylesheet(accent) if accent else "", content_type="text/css; charset=utf-8")


@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """The firm's logo, always a PNG that the portal made itself."""
    image = logo_of(request.user)
    if image is None:
        raise Http404
    headers = {"Content-Disposition": 'inline; filename="logo.png"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(image, content_type="image/png", headers=headers)
