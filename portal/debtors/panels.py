"""The panel about a client that this room knows: who and where they are, and the lists of everything else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability
from portal.connections.wording import by_reader
from portal.debtors import freshness
from portal.debtors.models import Debtor, DebtorAddress, DebtorBankAccount, DebtorTag, ServiceLevel
from portal.debtors.place import records_of
from portal.mirror import together
from portal.mirror.models import DebtorHistory
from portal.ui import markup, panels, records
from portal.ui.moment import carried
from portal.ui.panels import Panel
from portal.ui.permissions import holds_over
from portal.ui.record_overview import overview
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.functional import _StrPromise

    from portal.accounts.models import User

    Person = User | AnonymousUser

#: The page of the panel.
PAGE = "debtor"


@dataclass(frozen=True)
class Fact:
    """A fact of the client: its label, the model it is read from and how a row reads."""

    label: "str | _StrPromise"
    model: type[DebtorHistory]
    draw: Callable[[Any], SafeString] = lambda row: markup.words(str(row))


@dataclass(frozen=True)
class ShownFact:
    """A fact with a line for each row, or the one that says why there is none."""

    label: "str | _StrPromise"
    lines: list[SafeString]


def _account(row: Any) -> SafeString:
    return format_html("{} · {}", markup.masked_iban(row.iban), markup.words(row.holder))


FACTS = (
    Fact(_("Address"), DebtorAddress),
    Fact(_("Bank account"), DebtorBankAccount, _account),
    Fact(_("Service level"), ServiceLevel),
    Fact(_("Tags"), DebtorTag),
)


def client_data(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """The facts in force today, and the lists of everything."""
    listed = overview(
        request,
        debtor,
        "debtor",
        records.When(clock.today()),
        url=lambda kind: carried(request, records_of(debtor, kind)),
        freshness=lambda kinds: freshness.of_kinds(request.user, debtor, kinds),
    )
    known = {row.kind: row.count for row in listed}
    rows = _facts_of(request, debtor)
    facts = [
        ShownFact(fact.label, _lines(fact, known[fact.model.resource.name], rows.get(fact.model, [])))
        for fact in FACTS
        if fact.model.resource.name in known
    ]
    return {"facts": facts, "listed": listed}


def tags_of(request: HttpRequest, debtor: Debtor) -> list[str]:
    """The client's tags today; none for who may not see them."""
    return [str(tag) for tag in _facts_of(request, debtor).get(DebtorTag, [])]


def _facts_of(request: HttpRequest, debtor: Debtor) -> Mapping[type[DebtorHistory], Sequence[Any]]:
    """What is in force today of every fact that the reader may see, read once for the page."""
    if "_facts" not in debtor.__dict__:
        models = tuple(fact.model for fact in FACTS if holds_over(request, debtor, fact.model.resource.capability))
        answer = _in_force(request.user, debtor.pk, models=models, day=clock.today()) if models else []
        debtor.__dict__["_facts"] = dict(zip(models, together.rows_of(models, answer), strict=True))
    found: Mapping[type[DebtorHistory], Sequence[Any]] = debtor.__dict__["_facts"]
    return found


@Prepared
def _in_force(user: "Person", debtor: int, *, models: tuple[type[Any], ...], day: date) -> "QuerySet[Any, Any]":
    return together.united(
        model.objects.visible_to(user, model.resource.capability).filter(debtor=debtor).as_of(day) for model in models
    )


def _lines(fact: Fact, count: int | Missing, rows: Sequence[Any]) -> list[SafeString]:
    if isinstance(count, Missing):
        return [markup.missing(count)]
    return [fact.draw(row) for row in rows] or [markup.words(_("none"))]


def register() -> None:
    """Put the panel on the client's page."""
    panels.register(
        PAGE,
        Panel(
            name="client_data",
            title=by_reader(_("Client data"), _("Data of the organisation")),
            template="debtors/panels/client_data.html",
            capability=Capability.VIEW,
            context=client_data,
            resources=lambda: tuple(kind.name for kind in records.kinds_of(PAGE)),
            by_kind=True,
            order=60,
            wide=True,
        ),
    )
