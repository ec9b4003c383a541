"""Access that somebody of the office asks for, with a reason and an end; an administrator decides."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import AccessRequest, Membership, RequestState, User
from portal.accounts.rights.guards import (
    NotAllowed,
    Refused,
    lock,
    not_oneself,
    require_administrator,
    staff_roles,
)
from portal.accounts.rights.memberships import Place, give
from portal.accounts.rights.written import write
from portal.accounts.roles import DEPUTISED, Role
from portal.audit.kinds import Kind
from portal.clock import now

#: How far ahead access can be asked for.
LONGEST = timedelta(days=92)


@transaction.atomic
def ask(user: User, firm: int, *, client: str, reason: str, until: datetime) -> AccessRequest:
    """Ask to see a client until a day. Raises NotAllowed for people who do not work for the firm, and Refused."""
    lock(firm)
    if not staff_roles(user, firm) & DEPUTISED:
        raise NotAllowed
    client, reason = client.strip(), reason.strip()
    if not client or not reason:
        raise Refused(_("Say which client it is about, and why you need it."))
    if until <= now() or until > now() + LONGEST:
        raise Refused(_("Choose a day within the next three months."))
    request = AccessRequest.objects.create(firm_id=firm, user=user, client=client, reason=reason, until=until)
    write(Kind.ACCESS_ASKED, user, firm, user=user, detail={"request": request.pk})
    return request


@transaction.atomic
def approve(by: User, request: AccessRequest, debtor: int) -> Membership:
    """Give the asked access to this client, in the person's own role, until the day they named.

    What the person has for the client already is never shortened: it begins earlier or ends later by this. Raises
    NotAllowed, also for one's own request, and Refused when it is decided, the person sees the client already, or what
    they have begins after that day.
    """
    request = _decided(by, request, RequestState.APPROVED, "")
    roles = staff_roles(request.user, request.firm_id) & DEPUTISED
    if not roles:
        raise Refused(_("This person no longer works for the firm."))
    role = Role.ACCOUNTANT if Role.ACCOUNTANT in roles else Role.ASSISTANT
    place = Place(request.firm_id, role, debtor=debtor)
    starts, ends = _widened(request, Membership.objects.filter(user=request.user, debtor_id=debtor, role=role).first())
    membership = give(by, request.user, place, starts=starts, ends=ends, reason=request.reason)
    request.membership = membership
    request.save(update_fields=["membership"])
    write(
        Kind.ACCESS_GRANTED,
        by,
        request.firm_id,
        user=request.user,
        debtor=debtor,
        detail={"request": request.pk, "membership": membership.pk},
    )
    return membership


@transaction.atomic
def decline(by: User, request: AccessRequest, answer: str) -> None:
    """Refuse a request and say why. Raises NotAllowed and Refused."""
    request = _decided(by, request, RequestState.REFUSED, answer.strip())
    write(Kind.ACCESS_DECLINED, by, request.firm_id, user=request.user, detail={"request": request.pk})


@transaction.atomic
def take_back(user: User, request: AccessRequest) -> None:
    """The person no longer asks. Raises NotAllowed for somebody else's request."""
    lock(request.firm_id)
    if request.user_id != user.pk:
        raise NotAllowed
    open_one = AccessRequest.objects.filter(pk=request.pk, state=RequestState.OPEN)
    if open_one.update(state=RequestState.WITHDRAWN, decided_at=now()):
        write(Kind.ACCESS_TAKEN_BACK, user, request.firm_id, user=user, detail={"request": request.pk})


def _widened(request: AccessRequest, kept: Membership | None) -> tuple[datetime | None, datetime | None]:
    """From when until when, with what the person has: one place has one term, without a gap. Raises Refused."""
    if kept is None or kept.has_ended:
        return None, request.until
    if kept.is_in_force and (kept.ends is None or kept.ends >= request.until):
        raise Refused(_("This person has access to this client already."))
    if kept.starts is not None and kept.starts > request.until:
        raise Refused(
            _(
                "This person has access to this client that begins later, and one role has one beginning. "
                "Let that access begin now instead."
            )
        )
    ends = None if kept.ends is None else max(kept.ends, request.until)
    return (kept.starts if kept.is_in_force else None), ends


def _decided(by: User, request: AccessRequest, state: RequestState, answer: str) -> AccessRequest:
    lock(request.firm_id)
    require_administrator(by, request.firm_id)
    request = AccessRequest.objects.select_related("user").get(pk=request.pk)
    not_oneself(by, request.user)
    if request.state != RequestState.OPEN:
        raise Refused(_("This request was decided already."))
    if state == RequestState.APPROVED and request.until <= now():
        raise Refused(_("The time that was asked for is over."))
    request.state, request.answer, request.decided_by, request.decided_at = state, answer, by, now()
    request.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    return request
