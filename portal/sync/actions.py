"""What a person may set going: start a sync, cancel one, accept a held answer. By POST, each with its capability.

What a sync would cost is asked beside them, by GET: it changes nothing.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.audit.recording import record, record_at_once
from portal.mirror.models import Freshness, State
from portal.sync import live, offers, plans, tasks
from portal.sync.estimate import estimate
from portal.sync.forms import StartForm
from portal.sync.messages import sentence
from portal.sync.models import SyncPlan, Trigger
from portal.sync.targets import Target, capability_for, found, of_freshness
from portal.sync.views import fragment_context
from portal.ui.permissions import holds_over


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start a sync, or join the one that runs for the same. Asked by htmx: its progress as a fragment."""
    form = StartForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    target = found(request, form.cleaned_data["scope"], form.cleaned_data["pk"])
    plan = begin(request, target, offers.chosen(request, target, form.cleaned_data["resource"]))
    if plan is None:
        messages.error(request, _("There is no connection to Nmbrs yet: an administrator has to make one."))
        return HttpResponse(headers={"HX-Refresh": "true"}) if _by_htmx(request) else redirect("sync:overview")
    if _by_htmx(request):
        return render(request, "sync/started.html", {**fragment_context(request, plan), "open": True})
    return redirect("sync:plan", plan.pk)


@require_safe
def price(request: HttpRequest, scope: str, pk: str) -> HttpResponse:
    """What a sync may be of, and about how many calls and seconds it would take, for somebody who may start it.

    Asked by htmx: a fragment for the dialog; else a page from which it can be started without script.
    """
    target = found(request, scope, int(pk))
    resource = offers.chosen(request, target, request.GET.get("resource", ""))
    context = {
        "heading": _("Resync"),
        "name": sentence(live.name_of(target)),
        "scope": scope,
        "pk": target.pk,
        "key": f"price-{scope}-{target.pk}",
        "everything": offers.no_kind(target),
        "groups": offers.groups(request, target),
        "resource": resource,
        "estimate": estimate(target, resource),
    }
    return render(request, "sync/price.html" if _by_htmx(request) else "sync/price_page.html", context)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what has not begun. What was done stays, what runs is finished."""
    plan = _found(SyncPlan.objects.visible_to(request.user).filter(pk=pk).first())
    if not holds_over(request, plan, capability_for(plan)):
        raise PermissionDenied
    if plan.finished is None:
        with transaction.atomic():
            plans.cancel(plan)
            record(Kind.RESYNC_CANCELLED, plan)
        messages.success(request, _("The sync was cancelled. What it had done stays."))
    else:
        messages.info(request, _("This sync had already ended."))
    return redirect("sync:plan", plan.pk)


@require_POST
def accept(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """Let exactly the held answer pass that the person was shown, and ask Nmbrs again at once."""
    row = _decided(request, pk, answer, Kind.HOLD_ACCEPTED, accepted_digest=F("held_digest"))
    if row is None:
        return redirect("sync:overview")
    plan = begin(request, of_freshness(row), row.resource)
    if plan is None:
        messages.error(request, _("There is no connection to Nmbrs yet: an administrator has to make one."))
        return redirect("sync:overview")
    messages.success(request, _("Accepted. If Nmbrs gives the same answer again, it is taken over; another one waits."))
    return redirect("sync:plan", plan.pk)


@require_POST
def reject(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """Keep the old data, and ask nobody again as long as Nmbrs gives this same answer."""
    if _decided(request, pk, answer, Kind.HOLD_REJECTED, rejected_digest=F("held_digest")) is not None:
        messages.success(request, _("The old data stays. You are asked again when Nmbrs gives another answer."))
    return redirect("sync:overview")


def _decided(request: HttpRequest, pk: int, answer: str, kind: Kind, **decision: F) -> Freshness | None:
    """Keep a decision about exactly the answer that the person was shown; None (and a message) for another one."""
    row: Freshness = _found(
        Freshness.objects.visible_to(request.user)
        .select_related("environment", "debtor", "company")
        .filter(pk=pk)
        .first()
    )
    if not holds_over(request, row, Capability.DECIDE_HOLD):
        raise PermissionDenied
    this_answer = Freshness.objects.visible_to(request.user, Capability.DECIDE_HOLD).filter(
        pk=pk, state=State.HELD, held_digest=bytes.fromhex(answer)
    )
    with transaction.atomic():
        decided = this_answer.update(**decision)
        if decided:
            record(kind, row, detail={"kind": row.resource})
    if decided:
        return row
    messages.warning(request, _("Nmbrs has given another answer meanwhile, so nothing was decided. Look at it again."))
    return None


def begin(request: HttpRequest, target: Target, resource: str) -> SyncPlan | None:
    """The plan, with workers on their way; None without a connection, where nobody could ever work on it."""
    environment = target if not hasattr(target, "environment") else target.environment
    if not environment.connections.exists():
        return None
    # Before the plan: making it can take seconds, in which nobody else could write to the trail.
    kinds = resource.split(",") if "," in resource else resource or "everything"
    record_at_once(Kind.RESYNC_ASKED, target, detail={"kind": kinds})
    plan = plans.start(target, trigger=Trigger.PERSON, requested_by=request.user, resource=resource)  # type: ignore[arg-type]
    tasks.wake(environment.pk)
    return plan


def _by_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _found(row: Any) -> Any:
    if row is None:
        raise Http404
    return row
