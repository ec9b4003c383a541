"""Tables: a total order, unknown sort keys ignored, totals over the whole filter."""

from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.ui import tables
from portal.ui.paging import Asked
from portal.ui.table_cells import Cells
from portal.ui.values import Level, Missing, Status


class PeopleTable(tables.Table):
    """People, two columns of them."""

    caption = "People"
    name = tables.TextColumn()
    language = tables.TextColumn()

    class Meta:
        model = User
        fields = ("name", "language")


class FiguresTable(tables.Table):
    """Figures without a model."""

    caption = "Figures"
    name = tables.TextColumn(verbose_name="Name")
    people = tables.NumberColumn(verbose_name="People")
    wage = tables.MoneyColumn(verbose_name="Wage")
    run = tables.StatusColumn({"locked": Status(Level.FINE, "locked")}, verbose_name="Run")


def figures(count: int = 3) -> list[dict[str, Any]]:
    return [{"name": f"Row {n}", "people": n, "wage": Decimal(n) / 2, "run": "locked"} for n in range(count)]


def render(table: tables.Table, query: str = "", per_page: int = 2) -> str:
    request = RequestFactory().get(f"/list/{query}")
    Asked(request, paginate={"per_page": per_page, "silent": True}).configure(table)
    return Template("{% load render_table from django_tables2 %}{% render_table table %}").render(
        Context({"table": table, "request": request})
    )


@pytest.fixture
def people(db: None) -> None:
    for number in range(7):
        User.objects.create_user(f"u{number}@test.example", "Same Name", language="nl" if number % 2 else "en")


@pytest.mark.database
@pytest.mark.parametrize("query", ["", "?sort=name", "?sort=-name", "?sort=language"])
def test_no_row_repeats_or_vanishes_between_pages(people: None, query: str) -> None:
    seen = []
    for number in range(1, 5):
        table = PeopleTable(User.objects.all())
        render(table, f"{query or '?'}&page={number}")
        seen += [row.record.pk for row in table.page.object_list]
    assert len(seen) == 7
    assert set(seen) == set(User.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("query", ["per_page=-1", "per_page=0", "per_page=9", "sort=1.5", "sort=-", "page=x"])
def test_nonsense_in_the_address_is_the_first_page_as_it_always_is(query: str) -> None:
    table = FiguresTable(figures(5))
    render(table, f"?{query}")
    assert (table.page.number, [row.record["people"] for row in table.page.object_list]) == (1, [0, 1])


def test_a_page_beyond_the_last_one_is_the_last_one() -> None:
    table = FiguresTable(figures(5))
    render(table, f"?page={'9' * 40}&per_page=-1")
    assert table.page.number == 3


@pytest.mark.database
@pytest.mark.parametrize("key", ["password", "memberships__firm__name", "-pk__in", "name;drop", "email", "__class__"])
def test_an_unknown_sort_key_changes_nothing(people: None, key: str) -> None:
    plain, asked = PeopleTable(User.objects.all()), PeopleTable(User.objects.all())
    render(plain)
    render(asked, f"?sort={key}")
    assert str(asked.data.data.query) == str(plain.data.data.query)


@pytest.mark.database
def test_unknown_values_come_last_in_both_directions(db: None) -> None:
    for name, seen in (("a", None), ("b", "2026-01-01T00:00Z"), ("c", "2026-02-01T00:00Z")):
        User.objects.create_user(f"{name}@test.example", name, last_login=seen)

    class SeenTable(tables.Table):
        last_login = tables.MomentColumn()

    for key, order in (("last_login", ["b", "c", "a"]), ("-last_login", ["c", "b", "a"])):
        table = SeenTable(User.objects.all(), order_by=key)
        assert [row.record.name for row in table.rows] == order


@pytest.mark.database
def test_the_order_of_the_model_is_kept_when_the_reader_chooses_none(db: None) -> None:
    for name in ("C", "A", "B"):
        Firm.objects.create(name=name)

    class FirmTable(tables.Table):
        name = tables.TextColumn()

    assert [row.record.name for row in FirmTable(Firm.objects.all()).rows] == ["A", "B", "C"]


def test_a_page_that_does_not_exist_shows_the_nearest_one(english: None) -> None:
    assert "Row 4" in render(FiguresTable(figures(5)), "?page=99")
    assert "Row 0" in render(FiguresTable(figures(5)), "?page=x")


def test_the_footer_totals_the_whole_filter_not_the_page(english: None) -> None:
    shown = render(FiguresTable(figures(5), totals={"people": 9412, "wage": Decimal("31204118.2")}))
    assert "<tfoot>" in shown
    assert "9,412" in shown
    assert "31,204,118.20" in shown


def test_a_total_that_may_not_be_seen_is_not_zero(english: None) -> None:
    assert "no access" in render(FiguresTable(figures(), totals={"wage": Missing.NOT_PERMITTED}))


def test_headings_have_a_scope_and_say_how_the_table_is_sorted(english: None) -> None:
    shown = render(FiguresTable(figures()), "?sort=-people")
    assert shown.count('scope="col"') == 4
    assert shown.count('scope="row"') == 2
    assert 'aria-sort="descending"' in shown
    assert "<caption" in shown


def test_the_unit_of_money_stands_in_the_heading_and_not_in_the_rows(english: None) -> None:
    shown = render(FiguresTable(figures()))
    assert "Wage (€)" in shown
    assert "€0" not in shown


def test_a_count_of_one_page_is_the_number_of_rows(english: None) -> None:
    shown = render(FiguresTable(figures(3)), per_page=50)
    assert '<span class="ui-num">3</span> rows' in shown
    assert "<nav" not in shown


@pytest.mark.parametrize(
    ("language", "rows", "words"),
    [("en", 1, "</span> row<"), ("en", 2, "</span> rows<"), ("nl", 1, "</span> rij<"), ("nl", 2, "</span> rijen<")],
)
def test_one_row_is_not_called_rows(language: str, rows: int, words: str) -> None:
    with translation.override(language):
        assert words in render(FiguresTable(figures(rows)), per_page=50)


@pytest.mark.parametrize("kind", ["never_synced", "nothing", "no_match", "not_permitted"])
def test_an_empty_table_says_why(kind: Any, english: None) -> None:
    shown = render(FiguresTable([], empty_kind=kind))
    assert "<table" not in shown
    assert "ui-empty-title" in shown


def test_a_stored_value_without_a_status_is_an_error() -> None:
    with pytest.raises(KeyError):
        render(FiguresTable([{"name": "x", "people": 1, "wage": 1, "run": "exploded"}]))


def test_a_missing_value_in_a_cell_is_a_dash_and_zero_is_zero(english: None) -> None:
    shown = render(FiguresTable([{"name": "x", "people": 0, "wage": None, "run": "locked"}]))
    assert shown.count("unknown") == 1
    assert '<span class="ui-num">0</span>' in shown


@pytest.mark.database
def test_a_cell_shows_what_django_tables2_would_show(db: None) -> None:
    user = User.objects.create_user("u@test.example", "Name <b>", language="nl")
    firm = Firm.objects.create(name="Firm")
    Membership.objects.create(user=user, firm=firm, role=Role.ADMINISTRATOR)

    class PlaceTable(tables.Table):
        user = tables.LinkColumn("ui:language", args=())
        role = tables.TextColumn()
        language = tables.TextColumn(accessor="user__language")
        name = tables.TextColumn(accessor="user__name")
        method = tables.TextColumn(accessor="user__get_username")
        nowhere = tables.TextColumn(accessor="user__arrangement__name")
        client = tables.TextColumn(accessor="debtor__name")
        shown = tables.TextColumn(accessor="debtor__name", empty_values=())
        firm_name = tables.TextColumn(accessor="firm__name")

        def render_firm_name(self, value: str, record: Membership, **more: Any) -> str:
            return f"{value} {record.role} {sorted(more)}"

    for table in (PlaceTable(Membership.objects.all()), FiguresTable([*figures(2), {"name": "", "people": None}])):
        for row in table.rows:
            for column in table.columns:
                assert Cells(table, column).draw(row) == row.get_cell(column.name), column.name
    table = PlaceTable(Membership.objects.all())
    assert [Cells(table, table.columns["role"]).draw(row) for row in table.rows] == ["Administrator"]
