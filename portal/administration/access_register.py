"""Who may see what now, and the evidence that somebody looks at it: for who reads the trail of a whole firm."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_safe

from portal.accounts import reviews
from portal.accounts.models import AccessReview, Decision, LogReview, ReviewLine
from portal.accounts.roles import Capability
from portal.administration.acts import person_of
from portal.administration.capability_table import of_today
from portal.administration.reviews import given_by_team, role_words
from portal.administration.whole_firms import choices, chosen, whole_firms
from portal.ui.paging import Asked
from portal.ui.tables import MomentColumn, Table, TextColumn
from portal.ui.values import Crumb

PER_PAGE = 100


class RegisterTable(Table):
    """One right a row, by person."""

    caption = gettext_lazy("Who may see what now")
    counted = ngettext_lazy("right", "rights")
    choosable = False

    person = TextColumn(verbose_name=gettext_lazy("Person"), orderable=False)
    email = TextColumn(verbose_name=gettext_lazy("E-mail address"), orderable=False)
    what = TextColumn(verbose_name=gettext_lazy("What"), orderable=False)
    role = TextColumn(verbose_name=gettext_lazy("Role or right"), orderable=False)
    scope = TextColumn(verbose_name=gettext_lazy("For"), orderable=False)
    ends = MomentColumn(verbose_name=gettext_lazy("Until"), orderable=False)


@require_safe
def access_register(request: HttpRequest) -> HttpResponse:
    """The page: rights, roles, reviews and signatures. Nothing on it changes anything."""
    by = person_of(request)
    firms = whole_firms(by, Capability.VIEW_AUDIT)
    firm = chosen(request, firms)
    lines = sorted(reviews.rights_now(firm), key=lambda line: (line.person.casefold(), line.email, line.kind))
    table = RegisterTable([_row(line) for line in lines])
    Asked(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    decided = {f"{one.value}_lines": Count("lines", Q(lines__decision=one)) for one in Decision}
    context = {
        "heading": _("Who may see what"),
        "subtitle": _("As it is now, with the reviews and signatures. Nothing changes here."),
        "breadcrumb": [Crumb(_("Audit trail"), reverse("administration:trail")), Crumb(_("Who may see what"))],
        "firms": choices(request, firms, firm),
        "table": table,
        "reviews": AccessReview.objects.visible_to(by, Capability.VIEW_AUDIT)
        .filter(firm=firm)
        .select_related("started_by", "finished_by")
        .annotate(line_count=Count("lines"), **decided),
        "signed": LogReview.objects.visible_to(by, Capability.VIEW_AUDIT).filter(firm=firm).select_related("reviewer"),
        **of_today(),
    }
    return render(request, "administration/access_register.html", context)


def _row(line: ReviewLine) -> dict[str, Any]:
    return {
        "person": line.person,
        "email": line.email,
        "what": line.get_kind_display(),
        "role": role_words(line),
        "scope": " · ".join([line.scope, *given_by_team(line)]),
        "ends": line.ends,
    }
