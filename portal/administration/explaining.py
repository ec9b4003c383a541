"""Why can this person see this? For anybody whose access one manages, and any client, company or employee."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.explain import Where, ways
from portal.accounts.roles import Capability
from portal.administration.acts import below_people, require, sections
from portal.administration.forms import WhyForm
from portal.audit.about import about
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once
from portal.ui.values import Crumb


@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """Why can this person see this? Every way that leads there now; asking is written down."""
    require(request, Capability.MANAGE_USERS)
    bound = "user" in request.GET
    form = WhyForm(request.GET if bound else None, request=request, initial=None if bound else _prefilled(request))
    found_ways, asked = None, None
    if bound and form.is_valid():
        person = form.cleaned_data["user"]
        asked = next(form.cleaned_data[name] for name in ("employee", "company", "debtor") if form.cleaned_data[name])
        whose = replace(about(asked), object_type="user", object_id=person.pk)
        found_ways = ways(person, Where(whose.firm_id or 0, whose.debtor_id, whose.company_id))
        record_at_once(Kind.ACCESS_EXPLAINED, whose, detail={"ways": len(found_ways)})
    context = {
        "heading": _("Why can this person see this?"),
        "breadcrumb": below_people(Crumb(_("Why"))),
        "sections": sections(request),
        "form": form,
        "linked": form.linked,
        "ways": found_ways,
        "asked": asked,
        "person": form.cleaned_data["user"] if found_ways is not None else None,
    }
    return render(request, "administration/why.html", context)


def _prefilled(request: HttpRequest) -> dict[str, str]:
    """What a link from a page of a client, company or employee names."""
    return {name: request.GET[name] for name in ("debtor", "company", "employee") if name in request.GET}
