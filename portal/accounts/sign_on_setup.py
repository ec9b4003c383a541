"""Setting up and taking away the single sign-on of a firm: the home of these writes, for the page and the command."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.accounts.grants import firms_of
from portal.accounts.models import Firm, Membership, SignOnIdentity, SingleSignOn, TeamMember, User
from portal.accounts.models.terms import in_force
from portal.audit.actors import Actor
from portal.audit.kinds import Kind
from portal.audit.recording import record


def domains_in(text: str) -> list[str]:
    """The e-mail domains of a text, between blanks, commas or lines, with or without @."""
    found = {word.strip().lstrip("@").lower() for word in text.replace(",", " ").replace(";", " ").split()}
    return sorted(found - {""})


def require_people_there(firm: Firm, domains: list[str]) -> None:
    """Raises ValidationError for a domain at which nobody of the firm has an address.

    An address is proven by the invitation that went to it. Without this a firm could claim the domain of another one
    and be shown to its people. So only those count who could come in: active, with a place now, and in no other firm.
    """
    places = Membership.objects.in_force().filter(firm=firm).values("user")
    in_teams = TeamMember.objects.filter(in_force(), team__firm=firm).values("user")
    people = User.objects.filter(Q(pk__in=places) | Q(pk__in=in_teams), is_active=True)
    by_domain = defaultdict[str, list[User]](list)
    for user in people:
        by_domain[_domain(user)].append(user)
    # One is enough, and in an office of hundreds the first one nearly always is one.
    foreign = [one for one in domains if not any(belongs_here_only(user, firm.pk) for user in by_domain[one])]
    if foreign:
        raise ValidationError(
            _("Nobody of the firm has an address at %(domains)s.") % {"domains": ", ".join(foreign)}, code="foreign"
        )


def _domain(user: User) -> str:
    return user.email.rpartition("@")[2].lower()


def keep(single: SingleSignOn, *, actor: Actor | None = None) -> None:
    """Store it, checked by `full_clean` before, and write it down without its values.

    With another issuer or client nobody is known there yet: the same subject may be somebody else.
    """
    with transaction.atomic():
        before = SingleSignOn.objects.select_for_update().filter(firm_id=single.firm_id).first()
        if before is None:
            changed = ["issuer", "client_id", "client_secret", "domains"]
        else:
            names = ("issuer", "client_id", "client_secret", "domains")
            changed = [name for name in names if getattr(before, name) != getattr(single, name)]
        if before is not None and {"issuer", "client_id"} & set(changed):
            SignOnIdentity.objects.filter(single_sign_on=before).delete()
        single.save()
        detail = {"what": "single_sign_on", "fields": changed}
        record(Kind.SETTINGS_CHANGED, single.firm, actor=actor, detail=detail)


def take_away(firm: Firm, *, actor: Actor | None = None) -> bool:
    """Passwords only again. Returns whether there was a single sign-on."""
    with transaction.atomic():
        removed, _rows = SingleSignOn.objects.filter(firm=firm).delete()
        if removed:
            record(Kind.SETTINGS_CHANGED, firm, actor=actor, detail={"what": "single_sign_on", "removed": True})
    return bool(removed)


def belongs_here_only(user: User, firm: int) -> bool:
    """Whether the firm is the only one in which the person has a place.

    Whoever works for two firms signs in with the password: a session opens both, and the other firm has not agreed to
    a provider that this one chose.
    """
    return set(firms_of(user)) == {firm}
