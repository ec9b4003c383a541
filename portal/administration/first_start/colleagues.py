"""The last step: inviting colleagues, by the form that is there for it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.administration.first_start.steps import standing
from portal.connections import first_start


@require_http_methods(["GET", "HEAD", "POST"])
def colleagues(request: HttpRequest) -> HttpResponse:
    """Who is there already; posted: nobody else for now."""
    here = standing(request, "colleagues")
    if request.method == "POST":
        first_start.colleagues_were_asked(here.firm)
        return redirect(here.address("overview"))
    return render(request, "administration/first_start/colleagues.html", here.context())
