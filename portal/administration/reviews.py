"""The yearly review of access, and the signed review of the trail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import reviews
from portal.accounts.fresh import require_fresh_sign_in
from portal.accounts.models import AccessReview, Decision, LogReview, ReviewedKind, ReviewLine
from portal.accounts.roles import Capability, Role
from portal.administration.acts import (
    address,
    attempt,
    below_people,
    end_of,
    found,
    managed_firm,
    managed_firms,
    person_of,
    require,
    sections,
)
from portal.administration.forms import of_these_times
from portal.administration.people import say_errors
from portal.administration.trail_signs import signs
from portal.audit.about import About
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once
from portal.clock import AMSTERDAM, now
from portal.ui import spreadsheet
from portal.ui.values import Crumb

#: The trail is read every month.
UNSIGNED_AFTER = timedelta(days=31)


class SignForm(forms.Form):
    """What somebody signs about the trail."""

    since = forms.DateField(
        label=gettext_lazy("From"),
        validators=[of_these_times],
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("Until and including"),
        validators=[of_these_times],
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )
    remark = forms.CharField(
        label=gettext_lazy("What you saw"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )


def read_until(stretches: Iterable[tuple[datetime, datetime]]) -> datetime | None:
    """Until when the trail was read without a gap, from the first stretch that somebody signed; None: nobody did."""
    reached: datetime | None = None
    for since, until in sorted(stretches):
        if reached is not None and since > reached:
            break
        reached = until if reached is None else max(reached, until)
    return reached


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The reviews of access and of the trail."""
    firm, by = managed_firm(request), person_of(request)
    own = AccessReview.objects.visible_to(by, Capability.MANAGE_USERS).filter(firm=firm)
    signed = LogReview.objects.visible_to(by, Capability.MANAGE_USERS).filter(firm=firm)
    since = read_until(signed.values_list("since", "until")) or now() - UNSIGNED_AFTER
    context = {
        "heading": _("Reviews"),
        "subtitle": _("Evidence that somebody looks at who may see what, and at what was done"),
        "breadcrumb": below_people(Crumb(_("Reviews"))),
        "sections": sections(request),
        "reviews": own.select_related("started_by", "finished_by"),
        "signed": signed.select_related("reviewer"),
        "form": SignForm(),
        "firm": firm,
        "open": own.filter(finished__isnull=True).first(),
        "last": own.filter(finished__isnull=False).first(),
        "signs": signs(by, firm, since),
        "signs_since": since,
        "unsigned": not signed.filter(signed_at__gte=now() - UNSIGNED_AFTER).exists(),
        "overdue": not own.filter(finished__gte=now() - timedelta(days=365)).exists(),
    }
    return render(request, "administration/reviews.html", context)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a review of access."""
    firm = managed_firm(request)
    attempt(request, lambda: reviews.start(person_of(request), firm), _("The review has begun."))
    return redirect(address("reviews", firm, managed_firms(request)))


@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign having read the trail."""
    firm, form = managed_firm(request), SignForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        since = datetime(given["since"].year, given["since"].month, given["since"].day, tzinfo=AMSTERDAM)
        until = end_of(given["until"])
        until = min(until, now()) if until else now()
        change = lambda: reviews.sign_trail(person_of(request), firm, since, until, given["remark"])  # noqa: E731
        attempt(request, change, _("Signed."))
    else:
        say_errors(request, form)
    return redirect(address("reviews", firm, managed_firms(request)))


@require_http_methods(["GET", "HEAD"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: every right with its decision."""
    require(request, Capability.MANAGE_USERS)
    row = _review(request, pk)
    lines = list(row.lines.select_related("decided_by"))
    context = {
        "heading": _("Review of access"),
        "breadcrumb": below_people(
            Crumb(_("Reviews"), address("reviews", row.firm, managed_firms(request))), Crumb(_("Review"))
        ),
        "review": row,
        "lines": [(line, role_words(line), [*waiting_for(line), *given_by_team(line)]) for line in lines],
        "waiting": sum(not line.decision for line in lines),
        "me": request.user.pk,
    }
    return render(request, "administration/review.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or withdraw one line; what ends somebody's access asks for a fresh sign-in."""
    rows = ReviewLine.objects.visible_to(person_of(request), Capability.MANAGE_USERS)
    line: ReviewLine = found(rows.select_related("review", "user"), pk)
    withdraw = request.POST.get("decision") == Decision.WITHDRAWN
    if withdraw:
        require_fresh_sign_in(request)
    decision = Decision.WITHDRAWN if withdraw else Decision.CONFIRMED
    done = _("Withdrawn; the access has ended.") if withdraw else _("Confirmed.")
    attempt(request, lambda: reviews.decide(person_of(request), line, decision), done)
    return redirect("administration:review", line.review_id)


@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the review."""
    row = _review(request, pk)
    attempt(request, lambda: reviews.finish(person_of(request), row), _("The review is finished."))
    return redirect("administration:review", pk)


@require_safe
def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The review as a file."""
    require(request, Capability.EXPORT)
    row = _review(request, pk)
    lines = list(row.lines.select_related("decided_by"))
    about = About(row.firm_id, "accessreview", row.pk)
    record_at_once(Kind.EXPORTED, about, detail={"rows": len(lines)})
    head = [
        _("Person"),
        _("E-mail address"),
        _("What"),
        _("Role or right"),
        _("For"),
        _("Clients of the team"),
        _("From"),
        _("Account"),
        _("Until"),
        _("Decision"),
        _("By"),
        _("At"),
    ]
    name = f"access-review-{row.started:%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        chain([spreadsheet.BYTE_ORDER_MARK], spreadsheet.lines([head, *(_cells(line) for line in lines)])),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def role_words(line: ReviewLine) -> str:
    """The role in words, of a switch what it adds; a deputy has none of their own."""
    if line.kind == ReviewedKind.SWITCH:
        return capfirst(str(Capability(line.role).label)) if line.role in Capability else line.role
    return str(Role(line.role).label) if line.role in Role else ""


def waiting_for(line: ReviewLine) -> list[str]:
    """Why the right did not count when the review began, in words; nothing where it did."""
    told = [_("The account is closed. Opening it again brings this access back.")] if line.closed else []
    if line.starts is not None:
        told.append(_("Begins on %(day)s.") % {"day": date_format(line.starts.astimezone(AMSTERDAM), "DATE_FORMAT")})
    return told


def given_by_team(line: ReviewLine) -> list[str]:
    """Which clients a place in a team gave when the review began, a text for each way; nothing for other lines."""
    # Reviews of before this was written down say nothing.
    if not line.gives:
        return []
    clients, tags = line.gives["clients"], line.gives["tags"]
    told = [_("By name: %(clients)s") % {"clients": ", ".join(clients)}] if clients else []
    for tag, carried in sorted(tags.items()):
        names = ", ".join(carried) or _("no client carries it now")
        told.append(_("By the tag %(tag)s: %(clients)s") % {"tag": tag, "clients": names})
    return told or [_("No client: the team looks after nobody.")]


def _cells(line: ReviewLine) -> list[str]:
    return [
        line.person,
        line.email,
        str(line.get_kind_display()),
        role_words(line),
        line.scope,
        "; ".join(given_by_team(line)),
        _stamp(line.starts),
        str(_("closed")) if line.closed else "",
        _stamp(line.ends),
        str(line.get_decision_display()) if line.decision else "",
        line.decided_by.name if line.decided_by else "",
        _stamp(line.decided_at),
    ]


def _stamp(moment: datetime | None) -> str:
    return moment.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M") if moment else ""


def _review(request: HttpRequest, pk: int) -> AccessReview:
    rows = AccessReview.objects.visible_to(person_of(request), Capability.MANAGE_USERS)
    row: AccessReview = found(rows.select_related("firm", "started_by", "finished_by"), pk)
    return row
