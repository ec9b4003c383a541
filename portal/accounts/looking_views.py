"""The way out of looking as somebody else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.accounts import looking


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Be oneself again, on the page of the person; the first page for whoever looks as nobody."""
    if looking.KEY not in request.session:
        return redirect("/")
    return redirect(reverse("administration:person", args=[looking.end(request.session)]))
