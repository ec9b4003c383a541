"""Where the first start stands: every step, and the one whose turn it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.administration.first_start.steps import standing


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The steps with what is done."""
    return render(request, "administration/first_start/overview.html", standing(request).context())
