"""Beginning to look as somebody else."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from portal.accounts import looking
from portal.accounts.fresh import fresh_sign_in_required
from portal.accounts.people import managed_by
from portal.accounts.roles import Capability
from portal.administration.acts import found, person_of, require


@require_POST
@fresh_sign_in_required
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """See what the person sees, from their first page on."""
    require(request, Capability.LOOK_AS)
    looker = person_of(request)
    looking.begin(request, looker, found(managed_by(looker), pk))
    return redirect(settings.LOGIN_REDIRECT_URL)
