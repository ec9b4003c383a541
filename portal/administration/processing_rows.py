"""The records of processing of one firm: each activity of the inventory with what the firm adds to it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import clock
from portal.accounts.models import Firm, User
from portal.accounts.roles import Capability, Role
from portal.connections.models import Environment
from portal.mirror.models import OptInChoice
from portal.mirror.resource import columns
from portal.privacy.activity import Activity, Receiver
from portal.privacy.inventory import activities
from portal.privacy.labels import label_of, table_of
from portal.privacy.models import LegalHold, PrivacyContact, RetentionTerm, SubProcessor
from portal.privacy.recipients import HOST, Recipient, receivers, receiving
from portal.privacy.staying import model_of, stays_of
from portal.sync.messages import OPT_INS

READ = Capability.VIEW_AUDIT


@dataclass(frozen=True)
class Row:
    """One activity, in words of the reader's language. `fields`: of each mirrored kind its name, fields and term."""

    activity: Activity
    name: str
    people: str
    data: str
    fields: list[tuple[str, str, str]]
    read: str
    purpose: str
    ground: str
    kept: str
    seen_with: str
    roles: str
    receivers: str
    special: str


class Records:
    """The records of `firm` for somebody who reads its whole trail. What is asked of the database is asked once."""

    def __init__(self, firm: Firm, user: User) -> None:
        self.firm, self._user = firm, user

    @cached_property
    def rows(self) -> list[Row]:
        """Every activity, in the order of the inventory."""
        return [self._row(one) for one in activities()]

    @cached_property
    def contact(self) -> str:
        """Whom to ask at the office; empty where nobody said so yet."""
        own = PrivacyContact.objects.visible_to(self._user, READ).filter(firm=self.firm).first()
        return own.contact if own else ""

    @cached_property
    def sub_processors(self) -> list[SubProcessor]:
        """The parties on the office's list."""
        return list(SubProcessor.objects.visible_to(self._user, READ).filter(firm=self.firm))

    @cached_property
    def held(self) -> int:
        """How many clients are under a legal hold."""
        own = LegalHold.objects.visible_to(self._user, READ).filter(debtor__environment__firm=self.firm)
        return own.filter(lifted_at__isnull=True, until__gte=clock.today()).values("debtor").distinct().count()

    @cached_property
    def _receivers(self) -> dict[Receiver, Recipient]:
        return receivers(self.firm, self._user)

    @cached_property
    def _own_terms(self) -> dict[str, int]:
        """Category and how many clients have a term of their own for it."""
        own = RetentionTerm.objects.visible_to(self._user, READ).filter(debtor__environment__firm=self.firm)
        return dict(own.order_by().values_list("category").annotate(Count("debtor", distinct=True)))

    @cached_property
    def _environments(self) -> int:
        return Environment.objects.visible_to(self._user, READ).filter(firm=self.firm).count()

    @cached_property
    def _switched_on(self) -> Counter[str]:
        """Choice and in how many environments it is on."""
        on = OptInChoice.objects.visible_to(self._user, READ).filter(environment__firm=self.firm, on=True)
        return Counter(on.values_list("kind", flat=True))

    def _row(self, one: Activity) -> Row:
        kinds = [table_of(kind.model._meta.label) for kind in one.kinds]
        told = [str(one.data)] if one.data else []
        return Row(
            activity=one,
            name=str(one.label),
            people=_sentence(people.label for people in one.people),
            data=_sentence([", ".join([kinds[0], *map(_small, kinds[1:])]), *told] if kinds else told),
            fields=[(table_of(kind.model._meta.label), _fields(kind.model), _term(kind.model)) for kind in one.kinds],
            read=self._read(one),
            purpose=_sentence([one.purpose]),
            ground=_sentence(ground.label for ground in one.grounds),
            kept=self._kept(one),
            seen_with=_sentence(capability.label for capability in one.capabilities),
            roles=", ".join([*(str(role.label) for role in one.roles), *map(_switched, one.by_switch)]),
            receivers=_sentence([HOST, *receiving(one.receivers, self._receivers)]),
            special=_sentence(special.label for special in one.specials) or _("None"),
        )

    def _read(self, one: Activity) -> str:
        """Where data comes from, and whether it is read at all."""
        if not one.kinds:
            return _("Kept by the portal itself")
        if not one.opt_ins:
            return _("From Nmbrs")
        said = [
            _("%(kind)s: in %(on)d of %(all)d environments")
            % {"kind": OPT_INS[kind].name, "on": self._switched_on[kind.value], "all": self._environments}
            for kind in one.opt_ins
        ]
        return _("From Nmbrs, only where the office switched it on. %(where)s") % {"where": "; ".join(said)}

    def _kept(self, one: Activity) -> str:
        """Every term of its tables, once each; and how many clients have another one."""
        stays = dict.fromkeys(stay for label in one.models for stay in stays_of(model_of(label)))
        said = _sentence(dict.fromkeys(stay.text for stay in stays))
        own = max((self._own_terms.get(stay.category, 0) for stay in stays), default=0)
        if not own:
            return said
        more = ngettext("%(count)d client has another term", "%(count)d clients have another term", own)
        return f"{said}. {more % {'count': own}}"


def _switched(role: Role) -> str:
    return _("%(role)s, where it is switched on for one person") % {"role": role.label}


def _term(model: type[Model]) -> str:
    return "; ".join(stay.text for stay in stays_of(model))


def _fields(model: type[Model]) -> str:
    return ", ".join(
        dict.fromkeys(
            _small(label_of(model, field.name)) for field in columns(model) if not _is_bookkeeping(field.name)
        )
    )


def _is_bookkeeping(name: str) -> bool:
    return name in {"company", "debtor", "employee", "remote_id", "remote_guid", "valid_from", "valid_until"}


def _sentence(parts: "Iterable[object]") -> str:
    """Parts one after another, the first with a capital letter."""
    return capfirst("; ".join(map(str, parts)))


def _small(words: str) -> str:
    """With a small first letter, but for abbreviations."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
