"""What a person may set going: start a sync, cancel one, accept a held answer. POST only, each with its capability."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.mirror.models import Freshness, State
from portal.sync import plans, tasks
from portal.sync.forms import StartForm
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
    plan = _begin(request, target, form.cleaned_data["resource"])
    if plan is None:
        messages.error(request, _("There is no connection to Nmbrs yet: an administrator has to make one."))
        return HttpResponse(headers={"HX-Refresh": "true"}) if _by_htmx(request) else redirect("sync:overview")
    if _by_htmx(request):
        return render(request, "sync/started.html", {**fragment_context(request, plan), "open": True})
    return redirect("sync:plan", plan.pk)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what has not begun. What was done stays, what runs is finished."""
    plan = _found(SyncPlan.objects.visible_to(request.user).filter(pk=pk).first())
    if not holds_over(request, plan, capability_for(plan)):
        raise PermissionDenied
    if plan.finished is None:
        plans.cancel(plan)
        messages.success(request, _("The sync was cancelled. What it had done stays."))
    else:
        messages.info(request, _("This sync had already ended."))
    return redirect("sync:plan", plan.pk)


@require_POST
def accept(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """Let exactly the held answer pass that the person was shown, and ask Nmbrs again at once."""
    row = _found(
        Freshness.objects.visible_to(request.user)
        .select_related("environment", "debtor", "company")
        .filter(pk=pk)
        .first()
    )
    if not holds_over(request, row, capability_for(row)):
        raise PermissionDenied
    this_answer = Freshness.objects.visible_to(request.user, capability_for(row)).filter(
        pk=pk, state=State.HELD, held_digest=bytes.fromhex(answer)
    )
    if not this_answer.update(accepted_digest=F("held_digest")):
        messages.warning(
            request, _("Nmbrs has given another answer meanwhile, so nothing was accepted. Look at it again.")
        )
        return redirect("sync:overview")
    plan = _begin(request, of_freshness(row), row.resource)
    if plan is None:
        messages.error(request, _("There is no connection to Nmbrs yet: an administrator has to make one."))
        return redirect("sync:overview")
    messages.success(request, _("Accepted. If Nmbrs gives the same answer again, it is taken over; another one waits."))
    return redirect("sync:plan", plan.pk)


def _begin(request: HttpRequest, target: Target, resource: str) -> SyncPlan | None:
    """The plan, with workers on their way; None without a connection, where nobody could ever work on it."""
    environment = target if not hasattr(target, "environment") else target.environment
    if not environment.connections.exists():
        return None
    plan = plans.start(target, trigger=Trigger.PERSON, requested_by=request.user, resource=resource)  # type: ignore[arg-type]
    tasks.wake(environment.pk)
    return plan


def _by_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _found(row: Any) -> Any:
    if row is None:
        raise Http404
    return row
