"""Filters of the pages about deadlines, and the choices that they share with the period board."""

from collections.abc import Callable
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Team, User
from portal.accounts.prepared import Prepared, PreparedRows
from portal.accounts.roles import INTERNAL
from portal.accounts.team_clients import looked_after, teams_of
from portal.companies.models import Company
from portal.companies.words import PERIOD_TYPES
from portal.connections.wording import by_reader
from portal.deadlines.due import BUCKETS, FILED_WORDS, RUN_WORDS, RUNS, WORDS, bucket, declared, pension_filed
from portal.deadlines.models import Arrangement, Deadline, Kind, PeriodState, Progress
from portal.deadlines.responsible import of_own_office
from portal.deadlines.trouble import up_to_date
from portal.debtors.models import Debtor, DebtorTag
from portal.ui.permissions import capabilities_of

if TYPE_CHECKING:
    from portal.companies.freshness import Person

ME, NOBODY = "me", "nobody"
#: More clients than this are too many for a list to choose from; a name is searched for then.
CLIENTS_MOST = 200
TYPES = [(kind.value, words) for kind, words in PERIOD_TYPES.items()]


def people(request: HttpRequest) -> list[tuple[str, Any]]:
    """Those who are responsible for a company of one's office: oneself, nobody, and the others by name."""
    return [(ME, _("Me")), (NOBODY, _("Nobody")), *((str(pk), name) for pk, name in _responsible(request.user))]


@Prepared
def _responsible(user: "Person") -> "QuerySet[Any, Any]":
    return (
        Arrangement.objects.visible_to(user, INTERNAL)
        .filter(responsible__isnull=False, company__missing_since__isnull=True)
        .exclude(responsible=user.pk)
        .order_by("responsible__name", "responsible")
        .values_list("responsible", "responsible__name")
        .distinct()
    )


@PreparedRows
def _teams(user: User) -> "QuerySet[Team]":
    return teams_of(user)


def _tags(user: "Person") -> "QuerySet[DebtorTag]":
    visible = DebtorTag.objects.visible_to(user, DebtorTag.resource.capability)
    tags: QuerySet[DebtorTag] = visible.filter(valid_until__isnull=True)
    return tags.exclude(text="").order_by()


@Prepared
def _tag_texts(user: "Person") -> "QuerySet[Any, Any]":
    return _tags(user).values_list("text").distinct().order_by("text")


def of_person(request: HttpRequest, value: str, path: str = "") -> Q:
    """The rows of one's office of whose company this choice of `people` is responsible; `path` leads to the company."""
    at, own = f"{path}arrangement__responsible", of_own_office(request.user, path)
    if value == NOBODY:
        return own & Q(**{f"{at}__isnull": True})
    return own & Q(**{at: request.user.pk if value == ME else int(value)})


def search_field() -> django_filters.CharFilter:
    """Name or number of a client or company."""
    return django_filters.CharFilter(
        method="search",
        label=_("Search"),
        widget=forms.SearchInput(attrs={"class": "form-control", "placeholder": _("Name or number")}),
    )


def named(request: HttpRequest, value: str, path: str = "") -> Q:
    """Part of the name of company or client, or the first characters of the client's number, or the company's own.

    Somebody may see a company without its client, and so must not find it by the client's name or number.
    """
    clients = Debtor.objects.visible_to(request.user).filter(Q(name__icontains=value) | Q(number__istartswith=value))
    found = Q(**{f"{path}name__icontains": value}) | Q(**{f"{path}debtor__in": clients.order_by().values("pk")})
    if value.isascii() and value.isdecimal() and len(value) < 10:
        found |= Q(**{f"{path}number": int(value)})
    return found


def choice(method: str, label: Any, choices: list[tuple[str, Any]] | None = None) -> django_filters.ChoiceFilter:
    """A list to choose from; the first of it leaves everything."""
    return django_filters.ChoiceFilter(method=method, label=label, empty_label=_("All"), choices=choices or [])


class ChoosingFilter(django_filters.FilterSet):  # type: ignore[misc]
    """A filter over companies whose choices belong to the reader. A value that is none of them is left out.

    A subclass names the fields that it wants: person, team, tag, client.
    """

    #: From the rows to their company, and to their client.
    path = ""
    to_client = "debtor"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if INTERNAL not in capabilities_of(self.request):
            # Who does it at the office is the office's, and so is how it sorts its clients.
            for name in ("person", "team", "tag"):
                self._leave_out(name)
        elif "person" in self.filters:
            self._offer("person", people(self.request))
        for name, found in (("team", self._teams), ("tag", self._tag_texts), ("client", self._clients)):
            if name not in self.filters:
                continue
            if choices := found():
                self._offer(name, choices)
            else:
                # A list with nothing to choose from only takes room.
                self._leave_out(name)
        for field in self.form.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "form-select"

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.form.fields[name].choices = choices

    def _leave_out(self, name: str) -> None:
        for one in (self.form.fields, self.filters):
            one.pop(name, None)

    def search(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By name or number."""
        return rows.filter(named(self.request, value, self.path))

    def by_person(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Of one responsible person."""
        return rows.filter(of_person(self.request, value, self.path))

    def by_period_type(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Companies with this period type."""
        return rows.filter(**{f"{self.path}current__period_type": value})

    def by_team(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """The clients that a team looks after, by name or by tag."""
        team = next((team for team in self._teams_shown if str(team.pk) == value), None)
        return rows.filter(looked_after(team, self.to_client)) if team else rows

    def by_tag(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Clients that carry a tag in Nmbrs now."""
        tags = _tags(self.request.user).filter(text=value)
        return rows.filter(**{f"{self.to_client}__in": tags.values("debtor")})

    def by_client(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Of one client."""
        return rows.filter(**{self.to_client: int(value)})

    @cached_property
    def _teams_shown(self) -> list[Team]:
        user = self.request.user
        return _teams(user) if isinstance(user, User) else []

    def _teams(self) -> list[tuple[str, Any]]:
        return [(str(team.pk), team.name) for team in self._teams_shown]

    def _tag_texts(self) -> list[tuple[str, Any]]:
        return [(text, text) for (text,) in _tag_texts(self.request.user)]

    def _clients(self) -> list[tuple[str, Any]]:
        """All clients; of too many only the one in the address."""
        seen = Debtor.objects.visible_to(self.request.user).order_by("name", "pk")
        found = list(seen[: CLIENTS_MOST + 1])
        if len(found) > CLIENTS_MOST:
            asked = str(self.data.get("client", ""))
            known = asked.isascii() and asked.isdecimal() and len(asked) < 19
            found = list(seen.filter(pk=int(asked))) if known else []
        elif len(found) == 1 and "client" not in self.data:
            # With one client there is nothing to choose.
            found = []
        return [(str(one.pk), str(one)) for one in found]


class CompaniesFilter(ChoosingFilter):
    """Companies by name, due date, run, returns, responsible person, team, tag, period type and age of the data.

    Shared, so that a filter of the period board means the same where several companies are changed at once.
    """

    q = search_field()
    due = choice("by_due", _("Next due"), [(word, WORDS[word]) for word in BUCKETS])
    run = choice("by_run", _("Run"), [(name, RUN_WORDS[name]) for name in RUNS])
    wage_tax = choice("by_wage_tax", _("Wage-tax return"), list(FILED_WORDS.items()))
    pension = choice("by_pension", _("Pension return"), list(FILED_WORDS.items()))
    person = choice("by_person", _("Responsible"))
    team = choice("by_team", _("Team"))
    tag = choice("by_tag", _("Tag"))
    period_type = choice("by_period_type", _("Period type"), TYPES)
    data = choice("by_data", _("Data from Nmbrs"), [("attention", _("Not up to date"))])

    class Meta:
        model = Company
        fields: list[str] = []

    def by_data(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Companies of which some kind is stale, failing, held, refused or was never fetched."""
        return rows.exclude(pk__in=up_to_date(self.request.user))


class ArrangementFilter(CompaniesFilter):
    """The same, where dates and runs are those of the current period."""

    def by_due(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how near the next due date is."""
        return rows.filter(pk__in=self._current.filter(bucket(value, "next_due", "next_act_by")).values("company"))

    def by_run(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how far the run is."""
        return rows.filter(pk__in=self._current.filter(run=RUNS[value]).values("company"))

    def by_wage_tax(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how far the wage-tax return is."""
        return self._standing(rows, value, declared)

    def by_pension(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how far the pension return is."""
        return self._standing(rows, value, pension_filed)

    def _standing(self, rows: "QuerySet[Any]", word: str, told: Callable[[str], Q]) -> "QuerySet[Any]":
        """Nothing is known either of a company without a current period."""
        if word != "unknown":
            return rows.filter(pk__in=self._current.filter(told(word)).values("company"))
        known = [told(other) for other in FILED_WORDS if other != "unknown"]
        return rows.exclude(pk__in=self._current.filter(reduce(or_, known)).values("company"))

    @property
    def _current(self) -> "QuerySet[PeriodState]":
        states: QuerySet[PeriodState] = PeriodState.objects.visible_to(self.request.user).filter(back=0)
        return states


class DeadlineFilter(ChoosingFilter):
    """Deadlines by name, client, responsible person, team, tag, what is due, and whether it is done.

    A deadline is in exactly one of the states.
    """

    path = "company__"
    to_client = "company__debtor"

    q = search_field()
    client = choice("by_client", by_reader(_("Client"), _("Organisation")))
    person = choice("by_person", _("Responsible"))
    team = choice("by_team", _("Team"))
    tag = choice("by_tag", _("Tag"))
    kind = choice("by_kind", _("What"), list(Kind.choices))
    state = choice(
        "by_state",
        _("State"),
        [("open", _("to do")), ("done", _("done")), ("none", _("nothing was made")), ("unknown", _("not known"))],
    )

    class Meta:
        model = Deadline
        fields: list[str] = []

    def by_kind(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Of one kind."""
        return rows.filter(kind=value)

    def by_state(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Still to be done, done, passed by without anything made for it, or nobody knows."""
        return rows.filter(
            {
                "open": Q(open=True),
                "done": Q(progress=Progress.DONE),
                "none": Q(open=False, progress__lt=Progress.DONE),
                "unknown": Q(progress__isnull=True),
            }[value]
        )
