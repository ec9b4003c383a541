"""People: a list as of a day, and one person with everything that was ever dated."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.companies import freshness
from portal.companies.models import Company
from portal.companies.rights import holds_everywhere
from portal.debtors import asked
from portal.debtors.models import Debtor
from portal.debtors.place import people_of, way_to, with_query
from portal.employees import figures, panels, people, person
from portal.employees.filters import PeopleFilter, PeopleOfOneFilter
from portal.employees.kinds import KINDS
from portal.employees.known import end_of, records_known
from portal.employees.lacking import Lacking, lacking, not_counted, total_lacks
from portal.employees.lanes import lanes
from portal.employees.learned import by_record, log_of
from portal.employees.models import Employee, Employment, Salary, Schedule
from portal.employees.reading import period_of
from portal.employees.retroactive import periods_of
from portal.employees.tables import KINDS as COLUMN_KINDS
from portal.employees.tables import MADE_OF, PeopleTable
from portal.periods import bounds, following, preceding
from portal.ui import formats
from portal.ui.empty import NOT_GIVEN, REFUSED, EmptyKind
from portal.ui.exports import asking
from portal.ui.freshness import FreshnessLine, FreshnessSummary, State
from portal.ui.moment import Asks, know
from portal.ui.panels import kinds_seen, panels_of, shown_on
from portal.ui.permissions import holds_over
from portal.ui.values import Crumb, Missing
from portal.ui.views import ScopedDetailView, ScopedListView


class PeopleView(ScopedListView):
    """People of the whole scope, of a debtor or of a company, as of a day."""

    model = Employee
    table_class = PeopleTable
    filterset_class = PeopleFilter
    capability = Capability.VIEW
    reads = Kind.LIST_READ
    template_name = "employees/list.html"
    asks = Asks.DAY
    heading: ClassVar[Any] = gettext_lazy("Employees")

    @cached_property
    def day(self) -> date:
        """The day that everything dated is of."""
        return asked.day(self.request)

    @cached_property
    def owner(self) -> Company | Debtor | None:
        """The company or debtor whose people these are; None: everybody in the scope."""
        return None

    @cached_property
    def companies(self) -> "QuerySet[Company]":
        """The companies whose people these are."""
        return Company.objects.visible_to(self.request.user).filter(**self._in_nmbrs(""))

    def _in_nmbrs(self, company: str) -> dict[str, Any]:
        """What holds of such a company, itself at `company` ("" or "company__") of the row that is asked about.

        By the joined rows, not by a list of keys: beside the scope such a list misleads PostgreSQL's planner.
        """
        present: dict[str, Any] = {f"{company}missing_since": None, f"{company}debtor__missing_since": None}
        if isinstance(self.owner, Company):
            return present | {f"{company}pk": self.owner.pk}
        return present | ({f"{company}debtor": self.owner} if isinstance(self.owner, Debtor) else {})

    @cached_property
    def columns(self) -> set[str]:
        """The dated columns that the person may see for every row of this list."""
        return {
            name for name, kinds in COLUMN_KINDS.items() if all(self._holds(kind.resource.capability) for kind in kinds)
        }

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """The people of these companies, with what was in force on the day."""
        kinds = {kind for name in self.columns for kind in COLUMN_KINDS[name]}
        rows = queryset.filter(**self._in_nmbrs("company__"))
        return people.as_of(rows, self.day, self.request.user, kinds)

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Whose departments are offered: those of one client or company."""
        return {} if self.owner is None else {"of_people": self._in_nmbrs("company__")}

    def get_breadcrumb(self) -> list[Crumb]:
        """Client › company › employees."""
        own = Crumb(_("Employees"))
        if isinstance(self.owner, Company):
            know(self.request, self.owner)
            return [
                *way_to(self.request, self.owner.debtor, self.owner.pk),
                Crumb(str(self.owner), reverse("companies:company", args=[self.owner.pk])),
                own,
            ]
        if isinstance(self.owner, Debtor):
            return [*way_to(self.request, self.owner), own]
        return [own]

    @cached_property
    def badge(self) -> FreshnessSummary:
        """How old every kind is that the columns show."""
        kinds = ("employee_types", "employees", *self.kinds_shown)
        debtors = Debtor.objects.visible_to(self.request.user)
        if self.owner is not None:
            debtors = debtors.filter(pk=self.owner.pk if isinstance(self.owner, Debtor) else self.owner.debtor_id)
        return freshness.of_scope(self.request.user, debtors, self.companies, tuple(dict.fromkeys(kinds)))

    @cached_property
    def kinds_shown(self) -> list[str]:
        """The kinds that the dated columns are made of."""
        return sorted({kind for name in self.columns for kind in MADE_OF[name]})

    @cached_property
    def lacking(self) -> Lacking:
        """What never came in of what the columns show. Where the badge says that all of it did, nobody has to look."""
        came_in = all(line.state in {State.FRESH, State.STALE} for line in self.badge.lines)
        return Lacking() if came_in else lacking(self.companies, self.kinds_shown)

    def get_freshness(self) -> FreshnessSummary:
        """The worst of all needed kinds."""
        return self.badge

    def get_empty_kind(self) -> EmptyKind:
        """An empty list of people that never came in says so, whatever the filter."""
        kind = super().get_empty_kind()
        return "never_synced" if kind != "not_permitted" and not self._people_came_in else kind

    @property
    def _people_line(self) -> FreshnessLine | None:
        """How old the list of people itself is; None where there is no company whose people could be asked for."""
        return next((line for line in self.badge.lines if line.label == Employee.resource.label), None)

    @property
    def _people_came_in(self) -> bool:
        return self._people_line is None or self._people_line.last_success is not None

    def get_totals(self, rows: "QuerySet[Any]") -> dict[str, Any]:
        """The contract wage of everybody in the filter who is in service on the day."""
        plain: Any = rows.select_related(None).prefetch_related(None).order_by()
        everybody = self.filterset.shows_everybody
        people_then = figures.in_service(plain, self.day) if everybody else plain
        self.left_out, self.wage_total, self.not_in_total = 0, None, []
        if "wage" not in self.columns:
            self.head_count = people_then.count() if everybody else self.found
            return {}
        unread = self.lacking.companies(MADE_OF["wage"])
        total = self._kept_total(unread) or figures.wages(people_then, self.day, unread)
        if not everybody:
            # Who is in the list is in service: counting them is counting its rows.
            self.found = total.head_count
        self.head_count, self.left_out = total.head_count, total.left_out
        # Where nobody can be counted the total is not zero.
        none_counted = bool(unread) and not total.asked
        self.wage_total = total_lacks(unread.values()) if none_counted else people.euros(total.cents)
        if not self.head_count and self.get_empty_kind() == "never_synced":
            self.wage_total = Missing.NEVER_FETCHED
        self.not_in_total = not_counted(unread.values()) if self._is_of_many else []
        return {"wage": self.wage_total}

    @property
    def _is_of_many(self) -> bool:
        """Whether these may be the people of several companies."""
        return not isinstance(self.owner, Company)

    def _kept_total(self, unread: Collection[int]) -> figures.Wages | None:
        """The total of everybody, where nobody was filtered out and the totals of that day are kept."""
        # A file has only the people over whom the reader may take data out: its total is theirs.
        if asking.for_file(self.request) or any(self.filterset.form.cleaned_data.values()):
            return None
        return figures.wages_of(self.companies, self.day, unread)

    def get_table_kwargs(self) -> dict[str, Any]:
        """The day, and no column that the person may not see."""
        hidden = [name for name in COLUMN_KINDS if name not in self.columns]
        if not self._is_of_many:
            hidden.append("company")
        kwargs = super().get_table_kwargs()
        line = self._people_line
        if kwargs["empty_kind"] == "never_synced" and line is not None and line.state is State.NOT_PERMITTED:
            kwargs |= {"empty_kind": "not_permitted", "empty_title": NOT_GIVEN, "empty_text": REFUSED}
        return kwargs | {"day": self.day, "lacking": self.lacking, "exclude": tuple(hidden)}

    def get_when(self) -> list[tuple[str, str]]:
        """The day."""
        return [(_("As of"), formats.day(self.day))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Day, quick links and what the totals are of."""
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "owner": self.owner,
            "day": self.day,
            "links": quick_links(self.owner if isinstance(self.owner, Company) else None),
            "head_count": self.head_count,
            "left_out": self.left_out,
            "wage_total": self.wage_total,
            "not_in_total": self.not_in_total,
            "hidden_salaries": "amount" not in self.columns,
        }

    def _holds(self, capability: Capability) -> bool:
        if self.owner is None:
            return holds_everywhere(self.request, capability)
        return holds_over(self.request, self.owner, capability)


class DebtorPeopleView(PeopleView):
    """The people of all companies of one client."""

    filterset_class = PeopleOfOneFilter

    @cached_property
    def owner(self) -> Debtor:
        """The client; outside the scope it does not exist."""
        visible = Debtor.objects.visible_to(self.request.user).select_related("environment")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Where there are no clients the same list has another address."""
        address = people_of(self.owner)
        if request.path != address:
            return redirect(with_query(request, address))
        return super().dispatch(request, *args, **kwargs)


class CompanyPeopleView(PeopleView):
    """The people of one company."""

    filterset_class = PeopleOfOneFilter

    @cached_property
    def owner(self) -> Company:
        """The company; outside the scope it does not exist."""
        visible = Company.objects.visible_to(self.request.user).select_related("debtor__environment", "current")
        return get_object_or_404(visible, pk=self.kwargs["pk"])


class PersonView(ScopedDetailView):
    """One person: the facts as of a day, the timeline of every dated record, and what belongs to a period."""

    model = Employee
    capability = Capability.VIEW
    reads = Kind.PERSON_READ
    asks = Asks.DAY
    template_name = "employees/person.html"
    related = ("company__debtor__environment", "company__current", "employee_type")

    def get_breadcrumb(self) -> list[Crumb]:
        """Client › company › person."""
        company = self.object.company
        know(self.request, company)
        return [
            *way_to(self.request, company.debtor, company.pk),
            Crumb(str(company), reverse("companies:company", args=[company.pk])),
            Crumb(str(self.object)),
        ]

    def get_freshness(self) -> FreshnessSummary:
        """How old every kind is that this reader sees of the person."""
        facts = person.shown_resources(self.request, self.object)
        seen = kinds_seen(self.request, self.object, panels_of(panels.PERSON_PAGE))
        kinds = dict.fromkeys(("employees", "employee_types", *facts, *seen))
        return freshness.of_company(self.request.user, self.object.company, tuple(kinds))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts as of the day, and the timeline."""
        employee, today = self.object, clock.today()
        day = asked.day(self.request)
        shown_panels = [
            shown for shown in shown_on(self.request, employee, panels_of(panels.PERSON_PAGE)) if shown.permitted
        ]
        now = known = person.records(self.request, employee)
        known_on = asked.day(self.request, "known")
        if known_on < today:
            known = records_known(self.request, employee, end_of(known_on))
        # Beside what was known then stands what is known now of the same day.
        other_day = today if known is now else day
        by_model = {kind.model: rows for kind, rows in known.items()}
        log = by_record(log_of(self.request, employee), known, None if known is now else end_of(known_on))
        shown_facts = person.facts(self.request.user, employee, known, day, other_day, now=now)
        lane = self._lane(known)
        periods = periods_of(self.request.user, employee.company)
        told = person.timeline(known, log, periods, only=lane, part=self._asked_part())
        in_service = person.on(by_model.get(Employment, []), day)
        context = {
            **super().get_context_data(**kwargs),
            "employee": employee,
            "day": day,
            "is_today": day == today and known is now,
            "known_on": None if known is now else known_on,
            "can_resync": holds_over(self.request, employee, Capability.RESYNC),
            "can_explain": holds_over(self.request, employee, Capability.MANAGE_USERS),
            "can_reveal": holds_over(self.request, employee, Capability.REVEAL_IBAN),
            "can_hand_out": holds_over(self.request, employee, Capability.EXPORT_PERSON),
            "links": quick_links(employee.company),
            "service": in_service[0] if in_service else None,
            "facts": shown_facts,
            "differing": list(dict.fromkeys(group.kind for group in shown_facts if group.differs)),
            "timeline": told,
            "newer": self._part(told.part - 1) if told.part > 1 else "",
            "older": self._part(told.part + 1) if told.part < told.parts else "",
            "lane": lane,
            "lanes": lanes(
                known,
                day,
                today,
                late=lambda kind, row: person.is_retroactive(kind, row, log, periods),
                url=lambda name: asked.address(self.request, lane="" if name == lane else name, part=""),
                shown=lane,
            ),
            "every_lane": asked.address(self.request, lane="", part=""),
            "steps": self._steps(),
            "hidden": [kind.label for kind in KINDS if kind not in known],
            "sees_wage": Salary in by_model and Schedule in by_model,
            "panels": shown_panels,
            "panel_places": ",".join(f"#panel-{shown.panel.name}" for shown in shown_panels),
        }
        if context["sees_wage"]:
            context |= {
                "wage": person.contract_wage(self.request.user, employee, known, day),
                "wage_today": person.contract_wage(self.request.user, employee, now, other_day),
            }
        return context

    def _asked_part(self) -> int:
        """The part of the timeline in the address; anything else than a number of few digits is the first."""
        wanted = self.request.GET.get("part", "")
        return int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 6 else 1

    def _part(self, number: int) -> str:
        return asked.address(self.request, part=str(number) if number > 1 else "")

    def _lane(self, known: person.Rows) -> str:
        """The name of the only kind that the timeline shows; empty: every kind, also where the name is no kind."""
        wanted = self.request.GET.get("lane", "")
        return wanted if any(kind.resource.name == wanted for kind in known) else ""

    def _steps(self) -> dict[str, str] | None:
        """The period of the day, and the addresses of the last days of those around it; None while none is known."""
        shown = period_of(self.request, self.object)
        if shown is None:
            return None
        days = {
            "previous": bounds(shown.kind, preceding(shown.kind, shown.period)).last,
            "next": bounds(shown.kind, following(shown.kind, shown.period)).last,
        }
        steps = {name: asked.address(self.request, on=day.isoformat()) for name, day in days.items()}
        return {"label": shown.label, **steps}


def quick_links(company: Company | None) -> list[tuple[str, date]]:
    """Days that payroll people ask for."""
    today = clock.today()
    links = [(_("Today"), today), (_("End of last month"), today.replace(day=1) - timedelta(days=1))]
    current = getattr(company, "current", None)
    if current is not None:
        links.append((_("End of the current period"), current.bounds.last))
    return links
