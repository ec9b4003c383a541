"""The fourth step: starting the first sync and watching it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.roles import Capability
from portal.administration.first_start.clients import MOST
from portal.administration.first_start.steps import Standing, standing
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.jobs.health import worker_alive
from portal.sync import figures, live
from portal.sync.actions import begin
from portal.sync.estimate import Estimate, estimate
from portal.sync.targets import Target
from portal.ui.permissions import holds_over

#: Syncs that show their progress here; the Sync page has the rest.
SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
def watching(request: HttpRequest) -> HttpResponse:
    """What is going to be read and at what price; posted, it begins. From then on how far it is."""
    here = standing(request, "sync")
    if here.environment is None:
        return redirect(here.address("connection"))
    debtors = _chosen(here)
    if debtors is None and (request.method == "POST" or not here.plans.exists()):
        return redirect(here.address("clients"))
    if request.method == "POST":
        targets: list[Target] = [*debtors] if debtors else [here.environment]
        begun = [
            begin(request, target, "")
            for target in targets
            if holds_over(request, target, Capability.RESYNC if debtors else Capability.RESYNC_FIRM)
        ]
        if not any(begun):
            messages.error(request, _("There is no connection to Nmbrs yet: an administrator has to make one."))
        return redirect(here.address("sync"))
    plans = list(here.plans[:MOST])
    under_way = [plan for plan in plans if plan.finished is None]
    counted = figures.of_plans(here.user, [plan.pk for plan in under_way[:SHOWN]]) if under_way else {}
    alive = any(one.running for one in counted.values()) or worker_alive()
    context = {
        **here.context(),
        "debtors": debtors,
        "begun": bool(plans),
        "bars": [
            live.progress(plan, counted.get(plan.pk, figures.NONE_YET), workers=alive) for plan in under_way[:SHOWN]
        ],
        "more": len(under_way) > SHOWN,
        "alive": alive,
        "estimate": None if plans else _price(here, debtors),
    }
    return render(request, "administration/first_start/sync.html", context)


def _chosen(here: Standing) -> list[Debtor] | None:
    """The clients to begin with, those that are still there; an empty list: all.

    None: some were chosen and none of them is there any more, for instance since another environment was connected.
    Nobody meant everything by that, which may cost a thousand times as much: it is asked again.
    """
    wanted = here.start.chosen if here.start else []
    if not wanted:
        return []
    known = Debtor.objects.visible_to(here.user, Capability.RESYNC_FIRM).filter(environment=here.environment)
    return list(known.filter(pk__in=wanted).order_by("name", "pk")) or None


def _price(here: Standing, debtors: list[Debtor] | None) -> Estimate:
    """Of everything, or the share that these clients' companies have in it."""
    environment: Any = here.environment
    whole = estimate(environment)
    if not debtors:
        return whole
    known = Company.objects.visible_to(here.user, Capability.RESYNC_FIRM).filter(environment=environment)
    count = known.count()
    own = known.filter(debtor__in=debtors).count()
    share = own / count if count else 0
    return Estimate(round(whole.calls * share), max(1, round(whole.seconds * share)), whole.complete and bool(own))
