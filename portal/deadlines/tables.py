"""The tables about deadlines."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from portal.companies import words
from portal.connections.wording import by_reader
from portal.deadlines.certainty import CHECK, check, usual_is_unsure
from portal.deadlines.due import Dated
from portal.deadlines.forms import pay_words, pension_words
from portal.deadlines.models import Ending, Kind
from portal.deadlines.rules import PayRule
from portal.deadlines.stop_form import ended_words
from portal.periods import PeriodType
from portal.ui import formats, markup
from portal.ui.exports.parts import Part
from portal.ui.moment import carried, know
from portal.ui.tables import DayColumn, Table, TextColumn
from portal.ui.values import Missing


def person_words(arrangement: Any) -> SafeString:
    """Who is responsible; a closed account is told as such, for somebody else has to take over."""
    person = arrangement.responsible if arrangement else None
    if person is None:
        return format_html('<span class="ui-age">{}</span>', _("nobody"))
    if not person.is_active:
        return format_html('{} <span class="ui-age">{}</span>', person, _("account closed"))
    return markup.words(str(person))


def pay_day_words(own: Any) -> SafeString:
    """The agreed pay day; the usual one with its mark where nothing was agreed."""
    agreed = bool(own and own.pay_rule)
    said = pay_words(PayRule(own.pay_rule), own.pay_number) if agreed else pay_words(PayRule.NONE, 0)
    unsure = check(not agreed and usual_is_unsure(Kind.PAYMENT))
    return format_html("{} {}{}", said, unsure, _ended_words(own, Ending.PAYROLL))


def pension_term_words(own: Any) -> SafeString:
    """The fund's term; the usual one with its mark where nothing was agreed."""
    days = own.pension_days if own else None
    unsure = check(days is None and usual_is_unsure(Kind.PENSION))
    return format_html("{} {}{}", pension_words(days), unsure, _ended_words(own, Ending.PENSION))


def _ended_words(own: Any, part: Ending) -> SafeString:
    """Below what was agreed: that it has ended."""
    day = next((day for what, day, _reason in own.ended if what == part), None) if own else None
    return format_html('<span class="ui-below">{}</span>', ended_words(part, day)) if day else SafeString("")


class OfClientsTable(Table):
    """A table whose rows are companies or of one, each told with its client.

    `clients`: the keys of those whose names the reader may read, None: of all (portal.debtors.place.clients_seen).
    A file has no column for them where there are none.
    """

    def __init__(self, *args: Any, clients: frozenset[int] | None, **kwargs: Any) -> None:
        self.clients = clients
        if clients is not None and not clients:
            self.apart = {**self.apart, "company": self.apart["company"][:1]}
        super().__init__(*args, **kwargs)

    def client_of(self, company: Any) -> Any:
        """The client of a company, or that the reader may not know it."""
        told = self.clients is None or company.debtor_id in self.clients
        return company.debtor if told else Missing.NOT_PERMITTED

    def company_cell(self, company: Any, address: str) -> SafeString:
        """The company with a link, and its client below it where that has another name."""
        client = self.client_of(company)
        hidden = isinstance(client, Missing) or str(client) == str(company)
        below = "" if hidden else format_html('<span class="ui-below">{}</span>', client)
        return format_html('<a href="{}">{}</a>{}', address, company, below)


def company_parts(company_of: Callable[[Any], Any]) -> tuple[Part, ...]:
    """What `company_cell` shows, apart; `company_of` leads from a row to its company."""
    client = by_reader(gettext_lazy("Client"), gettext_lazy("Organisation"))
    return (
        Part(gettext_lazy("Company"), lambda _table, row: company_of(row)),
        Part(client, lambda table, row: table.client_of(company_of(row))),
    )


class ArrangementTable(OfClientsTable):
    """One row a company: who sees to it and what was agreed. The box in front chooses it for a change of several.

    `ticked`: the keys of those that are chosen already.
    """

    caption = gettext_lazy("Companies")
    counted = ngettext_lazy("company", "companies")

    apart = {"company": company_parts(lambda row: row)}

    company = TextColumn(verbose_name=gettext_lazy("Company"), accessor="pk", order_by=("name", "pk"))
    period_type = TextColumn(verbose_name=gettext_lazy("Period type"), accessor="current__period_type", empty_values=())
    responsible = TextColumn(
        verbose_name=gettext_lazy("Responsible"), accessor="arrangement__responsible__name", empty_values=()
    )
    pay_day = TextColumn(verbose_name=gettext_lazy("Pay day"), accessor="arrangement__pay_rule", empty_values=())
    pension = TextColumn(
        verbose_name=gettext_lazy("Pension return"), accessor="arrangement__pension_days", empty_values=()
    )

    def __init__(self, *args: Any, ticked: frozenset[int] = frozenset(), **kwargs: Any) -> None:
        self.ticked = ticked
        super().__init__(*args, **kwargs)

    def render_company(self, record: Any) -> SafeString:
        """A box to choose it with, and the way to its own page."""
        return format_html(
            '<input class="form-check-input me-2" type="checkbox" name="company" value="{}" form="bulk"'
            ' aria-label="{}"{}>'
            '<span class="ui-beside">{}</span>',
            str(record.pk),
            _("Choose %(name)s") % {"name": record},
            format_html(" {}", "checked") if record.pk in self.ticked else "",
            self.company_cell(record, reverse("deadlines:company", args=[record.pk])),
        )

    def render_period_type(self, record: Any) -> SafeString:
        """The length of its periods."""
        current = getattr(record, "current", None)
        if current is None:
            return markup.missing(Missing.NOT_PERMITTED if record.period_refused else Missing.NEVER_FETCHED)
        return markup.words(words.PERIOD_TYPES[PeriodType(current.period_type)])

    def render_responsible(self, record: Any) -> SafeString:
        """Who sees to it."""
        return person_words(getattr(record, "arrangement", None))

    def render_pay_day(self, record: Any) -> SafeString:
        """As agreed, or the usual day with its mark."""
        return pay_day_words(getattr(record, "arrangement", None))

    def render_pension(self, record: Any) -> SafeString:
        """The fund's term, or the usual one with its mark."""
        return pension_term_words(getattr(record, "arrangement", None))


class DeadlineTable(OfClientsTable):
    """One row a deadline. `internal`: with what is the office's own."""

    caption = gettext_lazy("Deadlines")
    counted = ngettext_lazy("deadline", "deadlines")
    apart = {
        "company": company_parts(lambda row: row.company),
        "due": (
            Part(gettext_lazy("Due"), lambda _table, row: row.due),
            Part(gettext_lazy("Due: check"), lambda _table, row: CHECK if row.unsure else None),
            Part(gettext_lazy("Computed"), lambda _table, row: row.computed),
        ),
    }

    company = TextColumn(
        verbose_name=gettext_lazy("Company"), accessor="company__name", order_by=("company__name",), empty_values=()
    )
    kind = TextColumn(verbose_name=gettext_lazy("What"))
    period = TextColumn(
        verbose_name=gettext_lazy("Period"), accessor="pk", orderable=False, attrs={"td": {"class": "text-nowrap"}}
    )
    due = DayColumn(verbose_name=gettext_lazy("Due"))
    act_by = DayColumn(verbose_name=gettext_lazy("Act by"))
    status = TextColumn(verbose_name=gettext_lazy("Status"), accessor="pk", orderable=False)
    responsible = TextColumn(verbose_name=gettext_lazy("Responsible"), accessor="responsible_name", empty_values=())

    class Meta:
        order_by = ("due",)

    def __init__(self, *args: Any, internal: bool, **kwargs: Any) -> None:
        hidden = () if internal else ("responsible",)
        super().__init__(*args, **{**kwargs, "exclude": (*kwargs.get("exclude", ()), *hidden)})

    def render_company(self, record: Any) -> SafeString:
        """The way to the company."""
        address, request = reverse("companies:company", args=[record.company_id]), getattr(self, "request", None)
        if request is not None:
            know(request, record.company)
            address = carried(request, address)
        return self.company_cell(record.company, address)

    def render_kind(self, value: str, record: Any) -> str:
        """What is due."""
        return str(Kind(record.kind).label)

    def render_period(self, record: Any) -> str:
        """The period it is about."""
        return words.period(PeriodType(record.period_type), record.period)

    def render_due(self, record: Any) -> SafeString:
        """The day, with the mark of an unsure one; where a person moved it, the computed day beside it."""
        if record.computed is None:
            return format_html("{} {}", markup.day(record.due), check(record.unsure))
        said = _("computed: %(day)s") % {"day": formats.day(record.computed)}
        return format_html('{} <span class="ui-age">{}</span>', markup.day(record.due), said)

    def render_status(self, record: Any) -> SafeString:
        """Done, late, or how near."""
        state = Dated.of(record).status
        return markup.words(state) if isinstance(state, Missing) else markup.status(state)

    def render_responsible(self, record: Any) -> SafeString:
        """Who sees to it, where the reader works at the office."""
        return person_words(getattr(record.company, "arrangement", None)) if record.internal else SafeString("")
