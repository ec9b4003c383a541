"""Invitations: handing out, sending again, withdrawing, accepting. The only way to an account.

The link holds 128 random bits of which a keyed hash is kept. It works once and for 72 hours; sending again makes a new
link and ends the old one. Nothing but accepting uses it up.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Invitation, Team, User
from portal.accounts.people import somebody
from portal.accounts.rights import SYSTEM, NotAllowed, Place, Refused, may_give
from portal.accounts.rights.closings import forget, require_may_let_in
from portal.accounts.rights.guards import administers, lock, not_oneself, require_administrator
from portal.accounts.rights.memberships import assign, may_switch
from portal.accounts.rights.memberships import switch as set_switch
from portal.accounts.rights.people import come_back
from portal.accounts.rights.teams import place_in_team
from portal.accounts.rights.written import write
from portal.accounts.roles import TEAM_ROLES, Capability, Role
from portal.audit.kinds import Kind
from portal.clock import now
from portal.vault import keyed_hash, keyed_hashes

VALID_FOR = timedelta(hours=72)
#: What its tokens are hashed for.
PURPOSE = "invitation"
OFFER_IS_OVER = _("Whoever invited you may no longer do so. Ask the office for a new invitation.")


@dataclass(frozen=True)
class Invited:
    """An invitation with its token, which is known at this moment only: it belongs in the mail and nowhere else."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite(
    by: User,
    place: Place,
    *,
    email: str,
    name: str,
    language: str,
    team: Team | None = None,
    access_ends: datetime | None = None,
    switches: Iterable[Capability] = (),
) -> Invited:
    """Offer a place to the owner of an address; an earlier offer of the same place is cancelled.

    With `team` the place is in that team. Raises NotAllowed and Refused.
    """
    lock(place.firm)
    _require_may_invite(by, place, team)
    wanted = sorted(set(switches))
    if any(not may_switch(by, place, capability) for capability in wanted):
        raise NotAllowed
    known = somebody(email)
    if known is not None:
        not_oneself(by, known)
    if access_ends is not None and access_ends <= now():
        raise Refused(_("The end must lie in the future, after the beginning."))
    _cancel_earlier(by, place, email, team)
    token = secrets.token_urlsafe(16)
    invitation = Invitation.objects.create(
        firm_id=place.firm,
        debtor_id=place.client,
        company_id=place.company,
        team=team,
        role=place.role,
        email=email.strip().lower(),
        name=name.strip(),
        language=language,
        switches=[str(capability) for capability in wanted],
        access_ends=access_ends,
        token_hash=_hash(token),
        expires=now() + VALID_FOR,
        created_by=by,
    )
    _write(Kind.INVITED, by, invitation)
    return Invited(invitation, token)


@transaction.atomic
def resend(by: User, invitation: Invitation) -> Invited:
    """A new link for another 72 hours; the old one ends. Raises NotAllowed and Refused."""
    invitation = _pending(by, invitation)
    token = secrets.token_urlsafe(16)
    invitation.token_hash, invitation.expires = _hash(token), now() + VALID_FOR
    # From now on it rests on the right of whoever sent it again.
    invitation.created_by = by
    invitation.save(update_fields=["token_hash", "expires", "created_by"])
    _write(Kind.INVITATION_RESENT, by, invitation)
    return Invited(invitation, token)


@transaction.atomic
def withdraw_invitation(by: User, invitation: Invitation) -> None:
    """The link works no more. Raises NotAllowed and Refused."""
    invitation = _pending(by, invitation)
    invitation.withdrawn_at = now()
    invitation.save(update_fields=["withdrawn_at"])
    _write(Kind.INVITATION_WITHDRAWN, by, invitation)


def send(invited: Invited) -> None:
    """Mail the link in the language of its receiver. Raises an OSError when the mail cannot be sent.

    The link begins with PORTAL_URL and never with what a browser said about the host.
    """
    invitation = invited.invitation
    with translation.override(invitation.language):
        values = {
            "name": invitation.name,
            "firm": invitation.firm.name,
            "link": f"{settings.PORTAL_URL}{reverse('accounts:invitation_link', args=[invited.token])}",
            "hours": int(VALID_FOR.total_seconds() // 3600),
        }
        # A subject is one line.
        subject = " ".join(render_to_string("accounts/mail/invitation_subject.txt", values).split())
        body = render_to_string("accounts/mail/invitation.txt", values)
    EmailMessage(subject, body, to=[invitation.email]).send()


def found(token: str) -> Invitation | None:
    """The invitation that this token opens now; None for one that is used, withdrawn, late or never was."""
    return _opened_by(token).select_related("firm").first()


def owner_of(invitation: Invitation) -> User | None:
    """Who has an account with the invited address and can sign in with it; whoever's was closed cannot."""
    user = somebody(invitation.email)
    return user if user is not None and user.is_active else None


@transaction.atomic
def accept_as_new(token: str, *, name: str, password: str) -> User:
    """Make the account of a new person and give them the place. One that was closed is opened anew: see `come_back`.

    Raises ValidationError for a weak password and Refused when the link does not work (any more).
    """
    invitation = _used_up(token)
    user = somebody(invitation.email)
    validate_password(password, User(email=invitation.email, name=name))
    if user is None:
        user = User.objects.create_user(invitation.email, name, password, language=invitation.language)
        write(Kind.USER_ADDED, SYSTEM, invitation.firm_id, user=user)
    else:
        _require_for(user, invitation)
        come_back(user, invitation.firm_id, name=name, password=password)
        user.refresh_from_db()
    _take_place(invitation, user)
    return user


@transaction.atomic
def accept_as(token: str, user: User) -> None:
    """Give the place to somebody who is signed in with the invited address. Raises Refused."""
    invitation = _used_up(token)
    if user.email.lower() != invitation.email.lower() or not user.is_active:
        raise Refused(_("This invitation is for another e-mail address."))
    _require_for(user, invitation)
    _take_place(invitation, user)


def _used_up(token: str) -> Invitation:
    """The invitation, which nobody else can use from here on. Raises Refused.

    One UPDATE decides: of several requests with one link a single one sees its row changed.
    """
    found_now = _opened_by(token)
    invitation = found_now.select_related("created_by", "firm", "team").first()
    if invitation is not None:
        lock(invitation.firm_id)
    if invitation is None or not found_now.filter(pk=invitation.pk).update(accepted_at=now()):
        raise Refused(_("This invitation does not work any more. Ask whoever invited you for a new one."))
    return invitation


def _require_for(user: User, invitation: Invitation) -> None:
    """Whoever offered the place may let in this person, whom the firm may have shut out. Raises Refused."""
    if invitation.created_by is None:
        raise Refused(OFFER_IS_OVER)
    require_may_let_in(invitation.created_by, user, invitation.firm_id)


def _take_place(invitation: Invitation, user: User) -> None:
    """Give what was offered, if whoever offered it still may."""
    by, place = invitation.created_by, Place.of_invitation(invitation)
    try:
        if by is None:
            raise NotAllowed
        _require_may_invite(by, place, invitation.team)
        not_oneself(by, user)
        if invitation.team is not None:
            place_in_team(by, invitation.team, user, place.role, ends=invitation.access_ends)
        else:
            membership = assign(by, user, place, ends=invitation.access_ends)
            for name in invitation.switches:
                set_switch(by, membership, Capability(name), on=True)
    except NotAllowed:
        raise Refused(OFFER_IS_OVER) from None
    if administers(by, place.firm):
        forget(user, place.firm)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
    _write(Kind.INVITATION_ACCEPTED, user, invitation)


def _require_may_invite(by: User, place: Place, team: Team | None) -> None:
    if team is None:
        place.check()
        if not may_give(by, place):
            raise NotAllowed
        return
    require_administrator(by, place.firm)
    if team.firm_id != place.firm or place.debtor or place.company:
        raise NotAllowed
    if place.role not in TEAM_ROLES:
        raise Refused(_("This role cannot be given in a team."))


def _pending(by: User, invitation: Invitation) -> Invitation:
    lock(invitation.firm_id)
    invitation = Invitation.objects.select_related("team", "firm").get(pk=invitation.pk)
    _require_may_invite(by, Place.of_invitation(invitation), invitation.team)
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise Refused(_("This invitation was accepted or withdrawn already."))
    return invitation


def _cancel_earlier(by: User, place: Place, email: str, team: Team | None) -> None:
    same = Q(debtor_id=place.client, company_id=place.company, team=team)
    for earlier in Invitation.objects.open().filter(same, firm_id=place.firm, email__iexact=email.strip()):
        if team is not None or may_give(by, Place(place.firm, Role(earlier.role), place.debtor, place.company)):
            Invitation.objects.filter(pk=earlier.pk).update(withdrawn_at=now())
            _write(Kind.INVITATION_WITHDRAWN, by, earlier)


def _opened_by(token: str) -> QuerySet[Invitation]:
    return Invitation.objects.open().filter(token_hash__in=keyed_hashes(PURPOSE, token))


def _hash(token: str) -> bytes:
    return keyed_hash(PURPOSE, token)


def _write(kind: Kind, by: User, invitation: Invitation) -> None:
    write(
        kind,
        by,
        invitation.firm_id,
        debtor=invitation.debtor_id,
        company=invitation.company_id,
        thing="invitation",
        pk=invitation.pk,
        detail={"role": str(invitation.role)},
    )
