"""Deputies: somebody takes over another's clients until a day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Deputy, User
from portal.accounts.rights.aftermath import end_term
from portal.accounts.rights.guards import (
    Giver,
    Refused,
    System,
    lock,
    not_oneself,
    require_administrator,
    require_known,
    staff_roles,
)
from portal.accounts.rights.written import write
from portal.accounts.roles import DEPUTISED
from portal.audit.kinds import Kind
from portal.clock import now

#: A longer absence is looked at again, so that nobody keeps another's clients by oversight.
LONGEST = timedelta(days=366)


@transaction.atomic
def name_deputy(
    by: Giver, firm: int, absent: User, substitute: User, *, ends: datetime, starts: datetime | None = None
) -> Deputy:
    """Let `substitute` do for the clients of `absent` what `absent` may, until `ends`, at most LONGEST from now.

    Raises NotAllowed and Refused.
    """
    lock(firm)
    require_administrator(by, firm)
    not_oneself(by, substitute)
    for user in (absent, substitute):
        require_known(user, firm)
    if absent.pk == substitute.pk:
        raise Refused(_("Somebody cannot stand in for themselves."))
    if not staff_roles(absent, firm) & DEPUTISED:
        raise Refused(_("This person has no clients that a deputy could take over."))
    if not staff_roles(substitute, firm) & DEPUTISED:
        raise Refused(_("A deputy must be an accountant or an assistant of the firm."))
    if ends <= now() or (starts is not None and ends <= starts):
        raise Refused(_("The end must lie in the future, after the beginning."))
    if ends > now() + LONGEST:
        raise Refused(_("Choose a day within the next year; after that, name a deputy anew."))
    deputy = Deputy.objects.create(
        firm_id=firm,
        absent=absent,
        substitute=substitute,
        starts=starts,
        ends=ends,
        given_by=None if isinstance(by, System) else by,
    )
    write(Kind.DEPUTY_CHANGED, by, firm, user=substitute, detail={"what": "named", "absent": absent.pk})
    return deputy


@transaction.atomic
def end_deputy(by: Giver, deputy: Deputy) -> None:
    """The deputy stands in no more. Raises NotAllowed."""
    lock(deputy.firm_id)
    require_administrator(by, deputy.firm_id)
    not_oneself(by, deputy.substitute)
    if deputy.has_ended:
        return
    write(
        Kind.DEPUTY_CHANGED,
        by,
        deputy.firm_id,
        user=deputy.substitute,
        detail={"what": "ended", "absent": deputy.absent_id},
    )
    end_term(deputy)
