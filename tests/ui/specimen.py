"""URLconf of a page that shows every component; only tests use it."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils.translation import ngettext_lazy
from django_tables2 import RequestConfig

from portal.accounts.models import User
from portal.clock import now, today
from portal.ui import formats, tables
from portal.ui.charts import Chart, Series
from portal.ui.empty import EMPTY_STATES
from portal.ui.freshness import FreshnessLine, FreshnessSummary, State
from portal.ui.progress import Progress
from portal.ui.values import Crumb, Level, Missing, Status

PAGE = Path(__file__).with_name("specimen.html")
STATUSES = [
    Status(Level.FINE, "locked", "lock"),
    Status(Level.LATE, "2 days late"),
    Status(Level.SOON, "due 31 Dec"),
    Status(Level.NEUTRAL, "not made"),
]
NAMES = ["Bakkerij De Gouden Aar", "Stichting Kinderopvang De Zonnebloem aan de Amstel en de Vecht", "Łukasz Bouw"]


class SpecimenTable(tables.Table):
    """One column of every kind."""

    caption = "Clients"
    counted = ngettext_lazy("client", "clients")
    name = tables.LinkColumn("specimen", args=(), verbose_name="Client", accessor="name")
    people = tables.NumberColumn(verbose_name="Head count", term="head_count")
    wage = tables.MoneyColumn(verbose_name="Contract wage", term="contract_wage")
    until = tables.DayColumn(verbose_name="Open until")
    run = tables.StatusColumn(verbose_name="Run")
    fetched = tables.FreshnessColumn(verbose_name="Data")


class SpecimenFilter(django_filters.FilterSet):  # type: ignore[misc]
    """A text and a choice, as over a table."""

    q = django_filters.CharFilter(label="Search", widget=forms.TextInput(attrs={"type": "search"}))
    kind = django_filters.ChoiceFilter(label="Period type", empty_label="All", choices=[("m", "Month")])


class FieldsForm(forms.Form):
    """Fields of a page that changes something: with a help, with an error."""

    name = forms.CharField(label="Name", help_text="As colleagues will see it.")
    ends = forms.DateField(label="Last day")


def _rows(count: int) -> list[dict[str, Any]]:
    fresh = FreshnessSummary((FreshnessLine("Salaries", State.FRESH, now() - timedelta(minutes=12)),))
    return [
        {
            "name": f"{NAMES[number % 3]} {number}",
            "people": number * 37 % 1400,
            "wage": Missing.NOT_PERMITTED if number == 4 else Decimal(number * 12345) - 2000,
            "until": date(2026, 11, 30),
            "run": STATUSES[number % 4],
            "fetched": fresh,
        }
        for number in range(count)
    ]


def _summary(state: State) -> FreshnessSummary:
    """One kind in this state."""
    last = None if state is State.NEVER else now() - timedelta(hours=30 if state is not State.FRESH else 1)
    return FreshnessSummary((FreshnessLine("Salaries", state, last),))


def specimen(request: HttpRequest) -> HttpResponse:
    """The page itself."""
    then = now() - timedelta(minutes=12)
    form = FieldsForm({"name": "Late returns", "ends": "soon"})
    table = SpecimenTable(_rows(130), totals={"people": 9412, "wage": Decimal("31204118.20")})
    RequestConfig(request, paginate={"per_page": 25, "silent": True}).configure(table)
    months = [formats.month(date(2025 + (10 + n) // 12, (10 + n) % 12 + 1, 1)) for n in range(13)]
    values = [Decimal(140000 + n * 1700) for n in range(13)]
    lines = (
        FreshnessLine("Salaries", State.FAILING, now() - timedelta(hours=30), now(), "not_permitted"),
        FreshnessLine("Employees", State.FRESH, now() - timedelta(minutes=12)),
        FreshnessLine("Contracts", State.NEVER),
    )
    context = {
        "heading": "Bakkerij De Gouden Aar",
        "subtitle": "1042",
        "breadcrumb": [Crumb(NAMES[1], "/specimen/"), Crumb("Bakkerij De Gouden Aar")],
        "freshness": FreshnessSummary(lines),
        "table": table,
        "filterset": SpecimenFilter(request.GET, queryset=User.objects.none()),
        "chart": Chart("wage", "Contract wage (€)", months, [Series("now", values)], "money", label_heading="Month"),
        "points": [40, 41, None, 42, 45],
        "missing": Missing,
        "below": Decimal("-1234.56"),
        "empty": EMPTY_STATES,
        "statuses": [(shown.level.value, shown) for shown in STATUSES],
        "fresh": [(state.value, _summary(state)) for state in State],
        "form": form,
        "picker": {"value": "2026-11", "previous": "?month=2026-10", "next": "?month=2026-12", "current": ""},
        "then": then,
        "today": today(),
        "running": [
            Progress("sync", "Resync", "/specimen/progress/", done=37, total=120, failed=1, detail="Salaries"),
            Progress("done", "Nightly sync", "/specimen/progress/", done=120, total=120, finished=True),
        ],
    }
    return HttpResponse(engines["django"].from_string(PAGE.read_text(encoding="utf-8")).render(context, request))


def progress(request: HttpRequest) -> HttpResponse:
    """The answer to a poll: the work is finished."""
    source = "{% load ui %}{% progress value %}"
    value = Progress("sync", "Resync", "/specimen/progress/", done=120, total=120, finished=True)
    return HttpResponse(engines["django"].from_string(source).render({"value": value}, request))


urlpatterns = [
    path("specimen/", specimen, name="specimen"),
    path("specimen/progress/", progress, name="specimen-progress"),
    path("", include("portal.search.urls")),
    path("", include("portal.ui.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.accounts.signin.urls")),
]
