"""A plan as pages name it and show its progress."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.companies.models import Company
from portal.connections.models import Environment
from portal.connections.wording import without_clients
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.jobs.health import worker_alive
from portal.sync.figures import NONE_YET, Figures, of_plans
from portal.sync.messages import kind_of, sentence
from portal.sync.models import HOURLY_KINDS, ROTATION, SyncPlan
from portal.sync.targets import Target, of_plan
from portal.ui.progress import Progress

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User


def name_of(target: Target) -> str:
    """An environment, client or company in a sentence."""
    if isinstance(target, Environment):
        return _("all of %(domain)s") % {"domain": target.domain}
    if isinstance(target, Company):
        return target.name or str(target.number)
    if isinstance(target, Employee):
        return _("employee %(number)s of %(company)s") % {"number": target.number, "company": target.company}
    return str(target)


def name_with_client(company: Company, debtor: Debtor) -> str:
    """A company and whose it is; for readers without clients it is their own."""
    name = name_of(company)
    return name if without_clients() else f"{name} ({debtor})"


def title(plan: SyncPlan) -> str:
    """What a plan brings up to date."""
    target = name_of(of_plan(plan))
    if plan.resource == HOURLY_KINDS:
        return _("Periods and runs of %(target)s") % {"target": target}
    if plan.resource == ROTATION:
        return _("Single records of people of %(target)s") % {"target": target}
    if plan.resource:
        kinds = ", ".join(kind_of(name) for name in plan.resource.split(","))
        return _("%(kind)s of %(target)s") % {"kind": sentence(kinds), "target": target}
    return sentence(target)


def progress(plan: SyncPlan, figures: Figures, *, workers: bool = True) -> Progress:
    """The bar of a plan. `workers` False: nobody works, so waiting will not help by itself."""
    if plan.finished is not None:
        detail = _("Done: %(counts)s.") % {"counts": figures.counts}
        if figures.cancelled:
            detail = _("Cancelled: what was done stays. %(counts)s.") % {"counts": figures.counts}
    elif figures.done:
        detail = _("So far: %(counts)s.") % {"counts": figures.counts}
    elif not workers:
        detail = _("Waiting: no worker is running. The sync begins when one does.")
    else:
        detail = _("Waiting for a worker to begin.")
    return Progress(
        key=f"plan-{plan.pk}",
        label=title(plan),
        url=reverse("sync:progress", args=[plan.pk]),
        done=figures.done,
        total=figures.total,
        failed=figures.not_renewed,
        finished=plan.finished is not None,
        detail=detail,
    )


def progress_for(user: "User | AnonymousUser", plan: SyncPlan) -> Progress:
    """The bar of a plan as it is now."""
    figures = of_plans(user, [plan.pk]).get(plan.pk, NONE_YET)
    begun = plan.finished is not None or figures.done or figures.running
    return progress(plan, figures, workers=bool(begun) or worker_alive())
