"""How long data is kept, what would go tonight, and what went."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.grants import Grants
from portal.accounts.models import Firm
from portal.accounts.roles import Capability
from portal.administration.acts import person_of
from portal.administration.privacy_parts import below_privacy, privacy_sections
from portal.debtors.models import Debtor
from portal.privacy.keeping import exceptions
from portal.privacy.reports import latest_runs
from portal.privacy.retention import due
from portal.privacy.terms import CATEGORIES, ELSEWHERE
from portal.ui.permissions import capabilities_of
from portal.ui.values import Crumb

#: So many runs are listed.
RUNS = 31


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """The table of terms, what is overdue in one's own firms, and the last runs.

    What belongs to no firm, such as sessions, is the installation's: every administrator sees its counts.
    """
    if Capability.MANAGE_SETTINGS not in capabilities_of(request):
        raise PermissionDenied
    firms = Grants(person_of(request), Capability.MANAGE_SETTINGS).firms()
    own = set() if firms is None else set(Firm.objects.filter(pk__in=firms).values_list("pk", flat=True))
    overdue: dict[str, int] = {}
    for (name, firm), number in due(clock.today()).items():
        if firm is None or firm in own:
            overdue[name] = overdue.get(name, 0) + number
    context = {
        "heading": _("How long data is kept"),
        "special": special_clients(request),
        "breadcrumb": below_privacy(Crumb(_("How long data is kept"))),
        "privacy_sections": privacy_sections(request),
        "categories": [
            (capfirst(str(one.label)), one.term, one.source, overdue.get(one.name, 0)) for one in CATEGORIES
        ],
        "elsewhere": [(capfirst(str(label)), term) for label, term in ELSEWHERE],
        "runs": _runs(own),
    }
    return render(request, "administration/retention.html", context)


def _runs(own: set[int]) -> list[dict[str, Any]]:
    labels = {one.name: capfirst(str(one.label)) for one in CATEGORIES}
    return [
        {
            "run": run,
            "counts": [
                (count.firm or _("installation"), labels.get(count.category, count.category), count.removed)
                for count in run.mine  # type: ignore[attr-defined]
            ],
        }
        for run in latest_runs(own, RUNS)
    ]


def special_clients(request: HttpRequest) -> list[tuple[Debtor, bool]]:
    """The clients with terms of their own or a hold, and whether they are held, by name."""
    found = exceptions(clock.today())
    own = {debtor for terms in found.terms.values() for debtors in terms.values() for debtor in debtors}
    rows = Debtor.objects.visible_to(request.user, Capability.MANAGE_SETTINGS).filter(pk__in=own | found.held)
    return [(debtor, debtor.pk in found.held) for debtor in rows.select_related("environment").order_by("name")]
