"""The audit entry of a change of rights, in the transaction of the change."""

from portal.accounts import grants
from portal.accounts.models import User
from portal.accounts.rights.guards import Giver, System
from portal.audit import actors
from portal.audit.about import About
from portal.audit.actors import Actor
from portal.audit.details import Detail
from portal.audit.kinds import Kind
from portal.audit.recording import record


def write(
    kind: Kind,
    by: Giver,
    firm: int,
    *,
    user: User | None = None,
    debtor: int | None = None,
    company: int | None = None,
    thing: str = "user",
    pk: int | None = None,
    detail: Detail | None = None,
) -> None:
    """Record that `by` did `kind` to `user` (or to the `thing` with this primary key) in the firm."""
    about = About(
        firm_id=firm,
        object_type=thing,
        object_id=user.pk if user is not None and pk is None else pk,
        debtor_id=debtor,
        company_id=company,
    )
    record(kind, about, detail=detail, actor=actor_for(by))


def actor_for(by: Giver) -> Actor:
    """The giver as the trail knows them: with the address of the request that is being answered, if there is one."""
    acting = actors.current()
    if isinstance(by, System) or acting.id == by.pk:
        return acting
    roles = ", ".join(sorted(str(role) for role in grants.roles_of(by))) or "no role"
    return Actor(by.pk, roles, firms=tuple(sorted(grants.firms_of(by))))
