"""Reviews as evidence: every right of a firm confirmed or withdrawn, and the audit trail read and signed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts import rights
from portal.accounts.models import (
    AccessReview,
    Decision,
    Deputy,
    Firm,
    LogReview,
    Membership,
    ReviewedKind,
    ReviewLine,
    Switch,
    TeamMember,
    User,
)
from portal.accounts.models.terms import not_over
from portal.accounts.rights import Refused
from portal.accounts.rights.guards import lasting_administrators, lock, require_administrator
from portal.accounts.rights.written import write
from portal.accounts.roles import Capability
from portal.accounts.team_clients import clients_by_way
from portal.accounts.trail import TrailEntry
from portal.audit.kinds import Kind
from portal.clock import now

#: A statement of a page has at most 65,535 values on PostgreSQL.
LINES_AT_ONCE = 500


@transaction.atomic
def start(by: User, firm: Firm) -> AccessReview:
    """Write down every right that counts now, or will without another decision, a line each.

    Raises NotAllowed, and Refused while another is open.
    """
    lock(firm.pk)
    require_administrator(by, firm.pk)
    if AccessReview.objects.filter(firm=firm, finished__isnull=True).exists():
        raise Refused(_("A review is open already. Finish that one first."))
    review = AccessReview.objects.create(firm=firm, started_by=by)
    ReviewLine.objects.bulk_create(_lines(review), batch_size=LINES_AT_ONCE)
    write(
        Kind.ACCESS_REVIEWED,
        by,
        firm.pk,
        thing="accessreview",
        pk=review.pk,
        detail={"what": "started", "lines": review.lines.count()},
    )
    return review


@transaction.atomic
def decide(by: User, line: ReviewLine, decision: Decision) -> None:
    """Confirm a right or end it. Raises NotAllowed (also for one's own line) and Refused."""
    firm = line.review.firm_id
    lock(firm)
    require_administrator(by, firm)
    # Read anew behind the lock: the review may have been finished, or the line decided, while the page was open.
    line = ReviewLine.objects.select_related("review", "user").get(pk=line.pk, review__firm_id=firm)
    if line.review.finished is not None:
        raise Refused(_("This review is finished."))
    if line.user_id == by.pk:
        raise Refused(_("Somebody else has to look at your own access."))
    if line.decision == Decision.WITHDRAWN:
        raise Refused(_("This access was withdrawn already."))
    if decision == Decision.WITHDRAWN:
        _withdraw(by, line)
    line.decision, line.decided_by, line.decided_at = decision, by, now()
    line.save(update_fields=["decision", "decided_by", "decided_at"])
    write(
        Kind.ACCESS_REVIEWED,
        by,
        firm,
        user=line.user,
        thing="reviewline" if line.user is None else "user",
        pk=line.pk if line.user is None else None,
        detail={"what": str(decision), "line": line.pk},
    )


@transaction.atomic
def finish(by: User, review: AccessReview) -> None:
    """Close a review; nothing of it changes from here on. Raises NotAllowed, and Refused while a line is open.

    Lines about the one who finishes stay open only when there is no other administrator to look at them.
    """
    firm = review.firm_id
    lock(firm)
    require_administrator(by, firm)
    review = AccessReview.objects.get(pk=review.pk, firm_id=firm)
    if review.finished is not None:
        raise Refused(_("This review is finished."))
    waiting = review.lines.filter(decision="")
    if not lasting_administrators(firm).exclude(user=by).exists():
        waiting = waiting.exclude(user=by)
    if waiting.exists():
        raise Refused(_("Some lines are not decided yet."))
    review.finished, review.finished_by = now(), by
    review.save(update_fields=["finished", "finished_by"])
    write(Kind.ACCESS_REVIEWED, by, firm, thing="accessreview", pk=review.pk, detail={"what": "finished"})


@transaction.atomic
def sign_trail(by: User, firm: Firm, since: datetime, until: datetime, remark: str) -> LogReview:
    """Sign having read the trail of `[since, until)`. Raises NotAllowed and Refused."""
    lock(firm.pk)
    require_administrator(by, firm.pk)
    if until > now() or until <= since:
        raise Refused(_("Choose a time that is over; it begins before it ends."))
    read = TrailEntry.objects.filter(firm_id=firm.pk, at__gte=since, at__lt=until).count()
    signed = LogReview.objects.create(
        firm=firm, since=since, until=until, entries=read, remark=remark.strip(), reviewer=by
    )
    write(Kind.TRAIL_REVIEWED, by, firm.pk, thing="logreview", pk=signed.pk, detail={"entries": min(read, 10**8 - 1)})
    return signed


def rights_now(firm: Firm) -> list[ReviewLine]:
    """Every right in the firm that counts now, as lines of a review; nothing is stored.

    Without what a review also asks about: access to come, closed accounts, deputies who stand in no more.
    """
    standing_in = set(Deputy.objects.in_force().filter(firm=firm).values_list("pk", flat=True))
    return [
        line
        for line in _lines(AccessReview(firm=firm))
        if not line.closed and line.starts is None and (line.kind != ReviewedKind.DEPUTY or line.subject in standing_in)
    ]


def _lines(review: AccessReview) -> Iterator[ReviewLine]:
    """Also what begins later, and what waits for a closed account to be opened again: nobody decides about it then."""
    firm = review.firm
    own = Membership.objects.filter(not_over(), firm=firm)
    for one in own.select_related("user", "debtor", "company"):
        yield _line(review, ReviewedKind.MEMBERSHIP, one, one.user, str(one.company or one.debtor or firm))
    switched = Switch.objects.filter(membership__in=own.values("pk"))
    for switch in switched.select_related("membership__user", "membership__debtor", "membership__company"):
        place = switch.membership
        line = _line(review, ReviewedKind.SWITCH, switch, place.user, str(place.company or place.debtor or firm))
        line.role, line.starts, line.ends = switch.capability, _to_come(place), place.ends
        yield line
    members = TeamMember.objects.filter(not_over(), team__firm=firm)
    given: dict[int, dict[str, Any]] = {}
    for member in members.select_related("user", "team"):
        line = _line(review, ReviewedKind.TEAM, member, member.user, member.team.name)
        if member.team_id not in given:
            given[member.team_id] = clients_by_way(member.team)
        line.gives = given[member.team_id]
        yield line
    for deputy in Deputy.objects.filter(not_over(), firm=firm).select_related("substitute", "absent"):
        yield _line(review, ReviewedKind.DEPUTY, deputy, deputy.substitute, deputy.absent.name)


def _line(review: AccessReview, kind: ReviewedKind, row: Any, user: User, scope: str) -> ReviewLine:
    return ReviewLine(
        review=review,
        kind=kind,
        subject=row.pk,
        user=user,
        person=user.name,
        email=user.email,
        role=getattr(row, "role", ""),
        scope=scope[:255],
        starts=_to_come(row),
        ends=getattr(row, "ends", None),
        closed=not user.is_active,
    )


def _to_come(row: Any) -> datetime | None:
    """When it begins, if it has not begun."""
    starts: datetime | None = getattr(row, "starts", None)
    return starts if starts is not None and starts > now() else None


def _withdraw(by: User, line: ReviewLine) -> None:
    """End the right; one that is gone already is as good as withdrawn."""
    firm = line.review.firm_id
    if line.kind == ReviewedKind.MEMBERSHIP:
        own = Membership.objects.filter(pk=line.subject, firm_id=firm).first()
        if own is not None:
            rights.withdraw(by, own)
    elif line.kind == ReviewedKind.SWITCH:
        on = Switch.objects.filter(pk=line.subject, membership__firm_id=firm).select_related("membership").first()
        if on is not None:
            rights.switch(by, on.membership, Capability(on.capability), on=False)
    elif line.kind == ReviewedKind.TEAM:
        place = TeamMember.objects.filter(pk=line.subject, team__firm_id=firm).first()
        if place is not None:
            rights.remove_member(by, place)
    else:
        deputy = Deputy.objects.filter(pk=line.subject, firm_id=firm).first()
        if deputy is not None:
            rights.end_deputy(by, deputy)
