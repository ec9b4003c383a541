"""Variance: what two periods or runs of a company came to, side by side, and whether the journal agrees."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.companies.models import Company, CompanyWageFixed, JournalLine, PeriodSeen, Run, RunWage
from portal.dashboards.models import VarianceBands
from portal.employees.models import Employee, FixedWage
from portal.mirror.models import Freshness, PersonFetch, State
from portal.mirror.resource import registry
from portal.periods import Period, PeriodType, following, preceding
from portal.ui.formats import MINUS
from tests.conftest import Connected
from tests.dashboards.reading import tables, text
from tests.factories import (
    SEEN,
    fetched,
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_environment,
    make_person,
    make_run,
    mirrored,
)
from tests.sync.conftest import NOON, filled, no_waiting

__all__ = ["filled", "no_waiting"]

pytestmark = pytest.mark.django_db

People = Callable[..., User]
SignIn = Callable[[User], Client]
Row = dict[str, str]


def page(client: Client, company: Company, query: str = "") -> str:
    answer = client.get(f"/companies/{company.pk}/variance/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def main(html: str) -> str:
    return text(html[html.index("<main") : html.index("</main")])


def rows_of(html: str) -> list[Row]:
    """The comparison itself; without the totals. The journals have tables of their own below it."""
    return next((found[:-1] for found in tables(html) if found and "Standing" in found[0]), [])


def totals_of(html: str) -> Row:
    return next(found[-1] for found in tables(html) if found and "Standing" in found[0])


def standings(html: str, of: str = "Component") -> dict[str, str]:
    return {row[of]: row["Standing"] for row in rows_of(html)}


def number(shown: str) -> Decimal | None:
    """A figure as a page writes it; None where there is none."""
    return None if shown == "none" else Decimal(shown.replace(",", "").replace(MINUS, "-"))


# --- against Nmbrs itself --------------------------------------------------------------------------------------------


class Slowly:
    """The same comparison worked out line by line from what the embedded Nmbrs holds."""

    def __init__(self, connected: Connected, company: Company) -> None:
        from portal.nmbrs.sandbox.firm.run_output import wage_lines

        made = next(one for one in connected.sandbox.firm.companies() if one.id == company.remote_id)
        self.kind = made.period_type
        #: (period, person, code) -> amount; a code that was cleared came to nothing.
        self.amounts: dict[tuple[Period, int, int], Decimal] = defaultdict(Decimal)
        for run in made.runs:
            for line in wage_lines(connected.sandbox.firm.seed, made, run):
                self.amounts[Period(run.year, run.first), line.person.id, line.code] += line.value or Decimal(0)
        self.read = {Period(run.year, run.period_start) for run in Run.objects.filter(company=company, wages__gt=0)}

    def expected(self, before: Period, now: Period, *, by_person: bool) -> dict[tuple[int, ...], tuple[Any, ...]]:
        """Person (if asked) and code -> both amounts, difference, percentage and standing."""
        found: dict[tuple[int, ...], list[Decimal | None]] = {}
        for (period, person, code), amount in self.amounts.items():
            for place, side in enumerate((before, now)):
                if period == side:
                    row = found.setdefault((person, code) if by_person else (code,), [None, None])
                    row[place] = (row[place] or Decimal(0)) + amount
        return {key: self._row(key, row, before, now) for key, row in found.items()}

    def _row(self, key: tuple[int, ...], row: list[Decimal | None], before: Period, now: Period) -> tuple[Any, ...]:
        earlier, later = (side or Decimal(0) for side in row)
        percent = None
        if earlier:
            percent = ((later - earlier) / abs(earlier) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return (*row, later - earlier, percent, self._standing(key, earlier, later, before, now))

    def _standing(self, key: tuple[int, ...], earlier: Decimal, later: Decimal, before: Period, now: Period) -> str:
        if earlier and later:
            share = abs(later - earlier) / abs(earlier)
            return "large" if share > Decimal("0.05") else "notable" if share > Decimal("0.02") else "within the band"
        if not earlier and not later:
            return "within the band"
        side = now if later else before
        near = {preceding(self.kind, side), following(self.kind, side)}
        near |= {preceding(self.kind, preceding(self.kind, side)), following(self.kind, following(self.kind, side))}
        near = (near - {before, now}) & self.read
        paid = [
            code
            for (period, person, code), amount in self.amounts.items()
            if amount and period in near and (len(key) == 1 or person == key[0])
        ]
        once = bool(paid) and key[-1] not in paid
        return "one-off" if once else "new" if later else "gone"


def shown(html: str, *, by_person: bool) -> dict[tuple[int, ...], tuple[Any, ...]]:
    """The rows of a page in the shape of `Slowly.expected`, with the numbers of people in place of their ids."""
    found = {}
    for row in rows_of(html):
        code = int(row["Component"].split()[0])
        key = (int(row["Employee"].rsplit(" ", 1)[1]), code) if by_person else (code,)
        amounts = [number(value) for name, value in row.items() if name[:2] == "20"]
        found[key] = (*amounts, number(row["Difference (€)"]), number(row["Difference (%)"]), row["Standing"])
    return found


def test_every_figure_is_that_of_nmbrs_in_several_pairs_of_periods(filled: Connected, as_user: SignIn) -> None:
    boss = User.objects.create_user("boss@test.example", "Boss", "a-good-password")
    Membership.objects.create(user=boss, firm=filled.firm, role=Role.ADMINISTRATOR)
    client = as_user(boss)
    found, compared = set(), 0
    companies = {}
    # By the numbers of Nmbrs: in which order the portal learned of them is different in each run.
    for company in Company.objects.select_related("current").order_by("remote_id"):
        companies.setdefault(company.current.period_type, company)
        # As where a round of the slow lane found nobody with a fixed component.
        fetched(company, "fixed_wage_components")
        fixed_were_read(*Employee.everything.filter(company=company), at=NOON + timedelta(days=1))
    assert len(companies) > 1
    for company in companies.values():
        kind, current = PeriodType(company.current.period_type), company.current.period
        slowly, back = Slowly(filled, company), [current]
        for _ in range(12):
            back.append(preceding(kind, back[-1]))
        ids = dict(Employee.everything.filter(company=company).values_list("remote_id", "number"))
        pairs = ((back[2], back[1]), (back[7], back[3]), (back[9], back[10]))
        for before, now in pairs if company == next(iter(companies.values())) else pairs[:1]:
            query = f"?period={now.year}-{now.number}&against={before.year}-{before.number}&per_page=200"
            html = page(client, company, query)
            assert shown(html, by_person=False) == slowly.expected(before, now, by_person=False)
            # Without a filter the last row is the control total of the output, and the journal agrees with it.
            total = totals_of(html)
            for side in (before, now):
                whole = sum((value for key, value in slowly.amounts.items() if key[0] == side), Decimal(0))
                label = next(name for name in total if name.startswith(f"{side.year}-{side.number:02d}"))
                assert number(total[label]) == whole
                assert f"everything together came to €{whole:,.2f}." in main(html)
            assert main(html).count("agrees with the journal") == 2
            assert not {"differs", "not in the journal"} & {word for row in tables(html)[-1] for word in row.values()}
            expected = {
                (ids[person], code): row for (person, code), row in slowly.expected(before, now, by_person=True).items()
            }
            if len(expected) <= 200:
                assert shown(page(client, company, f"{query}&level=employee"), by_person=True) == expected
                compared += 1
            found |= {row[-1] for row in expected.values()}
    assert compared >= 3
    assert found == {"large", "notable", "within the band", "new", "gone", "one-off"}


# --- by hand ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company in November 2026 whose runs of July to October are locked and came in."""
    company = make_company(make_debtor(make_environment(firm)))
    fetched_everything(company.debtor)
    for number in (7, 8, 9, 10):
        make_run(company, 2026, number, number=number, locked=True)
    return company


@pytest.fixture
def client(administrator: People, as_user: SignIn) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


def paid(person: Employee, code: int, amounts: dict[int, str], name: str = "") -> None:
    """Amounts of a component by period of 2026, in the run of that period and number."""
    for period, amount in amounts.items():
        run = Run.objects.get(company=person.company, year=2026, number=period)
        mirrored(
            RunWage,
            person.environment,
            company=person.company,
            employee=person,
            run=run,
            year=2026,
            number=period,
            code=code,
            description=name or f"Code {code}",
            amount=Decimal(amount),
        )


def fixed_were_read(*people: Employee, at: datetime = SEEN) -> None:
    """Say that the fixed wage components of these people were read for the period that the company worked on then."""
    PersonFetch.objects.bulk_create(
        PersonFetch(employee=person, resource="fixed_wage_components", fetched_at=at) for person in people
    )


def booked(company: Company, period: int, name: str, debit: str = "0", credit: str = "0") -> None:
    make_booking(company, 2026, period, component=name, debit=Decimal(debit), credit=Decimal(credit))


@pytest.fixture
def office(company: Company) -> Iterator[Employee]:
    """One person with a component of every standing between September and October, and one who comes in October."""
    person = make_person(company, "A. Vast", number=11)
    paid(person, 1, {7: "1000", 8: "1000", 9: "1000", 10: "1020"})
    paid(person, 2, {9: "-100", 10: "-102.01"})
    paid(person, 3, {9: "100", 10: "94.99"})
    paid(person, 4, {8: "5", 10: "7"})
    paid(person, 5, {8: "8", 9: "8", 10: "0"})
    paid(person, 6, {10: "500"}, "Bonus")
    paid(person, 7, {9: "0.10"})
    paid(person, 8, {9: "0"})
    new = make_person(company, "B. Nieuw", number=12)
    paid(new, 1, {10: "200"})
    fixed_were_read(person, new)
    return person


@pytest.mark.database
def test_standings_bands_totals_and_the_way_down(office: Employee, company: Company, client: Client) -> None:
    html = page(client, company, "?level=employee")
    assert "2026-10 M against 2026-09 M" in main(html)
    rows = {(row["Employee"], row["Component"]): row for row in rows_of(html)}
    own = {component: row for (person, component), row in rows.items() if person == "A. Vast 11"}
    # 2 % exactly is within the band, a hundredth more is not; the sign of an amount changes nothing.
    assert {name: row["Standing"] for name, row in own.items()} == {
        "1 Code 1": "within the band",
        "2 Code 2": "notable",
        "3 Code 3": "large",
        "4 Code 4": "new",
        "5 Code 5": "gone",
        "6 Bonus": "one-off",
        "7 Code 7": "one-off",
        "8 Code 8": "within the band",
    }
    assert (own["2 Code 2"]["Difference (€)"], own["2 Code 2"]["Difference (%)"]) == ("−2.01", "−2.01")
    # No line is not a line of zero, and of nothing there is no percentage.
    assert (own["4 Code 4"]["2026-09 M (€)"], own["4 Code 4"]["Difference (%)"]) == ("none", "none")
    assert (own["5 Code 5"]["2026-10 M (€)"], own["8 Code 8"]["2026-09 M (€)"]) == ("0.00", "0.00")
    # Who was not paid around it has nothing that is a one-off.
    assert rows["B. Nieuw 12", "1 Code 1"]["Standing"] == "new"
    total = totals_of(html)
    assert (total["2026-09 M (€)"], total["2026-10 M (€)"]) == ("1,008.10", "1,719.98")
    assert (total["Difference (€)"], total["Difference (%)"]) == ("711.88", "70.62")
    assert "one-offs are €499.90" in main(html)
    assert "All 9 Only differences 8 Large 1 Notable 1 New 2 Gone 1 One-off 2 Within the band 2" in main(html)

    # A fixed component comes back, of a person and of everybody; one that a neighbour has is no one-off either.
    fixed = {"company": company, "year": 2026, "number": 10, "code": 6, "value": 1}
    mirrored(FixedWage, company.environment, employee=office, **fixed)
    assert standings(page(client, company, f"?employee={office.pk}"))["6 Bonus"] == "new"
    assert standings(page(client, company))["6 Bonus"] == "new"
    FixedWage.objects.all().delete()
    mirrored(CompanyWageFixed, company.environment, **fixed)
    assert standings(page(client, company))["6 Bonus"] == "new"
    CompanyWageFixed.objects.all().delete()
    assert standings(page(client, company))["6 Bonus"] == "one-off"

    # Bands, filters and sorting; every total is over the filter.
    assert standings(page(client, company, "?notable=0&large=2,5&level=employee&q=11"))["2 Code 2"] == "notable"
    assert list(standings(page(client, company, "?show=large"))) == ["1 Code 1", "3 Code 3"]
    html = page(client, company, "?level=employee&show=differences&code=1")
    assert totals_of(html)["2026-10 M (€)"] == "1,220.00"
    assert len(rows_of(page(client, company, "?level=employee&q=nieuw"))) == 1
    assert list(standings(page(client, company, "?q=bon"))) == ["6 Bonus"]
    assert "Nothing matches this filter" in page(client, company, "?q=nothing-of-that-name")
    rows = rows_of(page(client, company, "?level=employee&sort=-percent"))
    shares = [row["Difference (%)"] for row in rows]
    assert (shares[:3], shares[-1], len(shares)) == (["2.00", "−2.01", "−5.01"], "none", 9)
    rows = rows_of(
        page(client, company, "?sort=standing&sort=-before&sort=now&sort=difference&sort=people&sort=employee")
    )
    assert [row["Component"] for row in rows][:3] == ["1 Code 1", "3 Code 3", "2 Code 2"] and len(rows) == 8

    # From a component to its people, from a person to their components and their page.
    html = page(client, company)
    assert next(row["People"] for row in rows_of(html) if row["Component"] == "1 Code 1") == "1 → is now 2"
    assert "level=employee&amp;code=1" in html
    assert f"employee={office.pk}" in page(client, company, "?level=employee")
    html = page(client, company, f"?employee={office.pk}")
    assert "Employee" not in rows_of(html)[0] and len(rows_of(html)) == 8
    assert reverse("employees:person", args=[office.pk]) in html
    # A look at one person is entered as one.
    assert Entry.objects.filter(kind="list_read", employee_id=office.pk).exists()
    assert Entry.objects.filter(kind="list_read", company_id=company.pk, employee_id=None).exists()


@pytest.mark.parametrize("kind", ["fixed_wage_components", "company_wage_fixed"])
def test_nothing_is_a_one_off_while_fixed_components_are_not_known(
    office: Employee, company: Company, client: Client, kind: str
) -> None:
    everybody, of_one = "?level=component", f"?employee={office.pk}"
    known = Freshness.objects.get(company=company, resource=kind)
    for state in (State.NOT_PERMITTED, State.NEVER):
        Freshness.objects.filter(pk=known.pk).update(state=state, last_success=None)
        for query in (everybody, of_one):
            html = page(client, company, query)
            shown = standings(html)
            assert (shown["6 Bonus"], shown["7 Code 7"]) == ("new", "gone")
            assert "one-offs are" not in main(html)
    # The badge tells which kind it is.
    badge = client.get(f"/companies/{company.pk}/variance/").context["freshness"]
    label = str(registry[kind].label)
    assert [str(line.label) for line in badge.lines if line.last_success is None] == [label]
    # What came in once is known, however old.
    known.save()
    assert standings(page(client, company))["6 Bonus"] == "one-off"


@pytest.mark.database
def test_a_fixed_component_is_no_one_off_though_it_is_only_known_of_a_later_period(
    office: Employee, company: Company, client: Client
) -> None:
    """Fixed components are asked for the period that a company works on: what was seen of November tells of October."""
    both = ("?level=component", f"?employee={office.pk}")
    assert {standings(page(client, company, query))["6 Bonus"] for query in both} == {"one-off"}
    of_november = {"company": company, "year": 2026, "number": 11, "code": 6, "value": 500}
    mirrored(FixedWage, company.environment, employee=office, **of_november)
    assert {standings(page(client, company, query))["6 Bonus"] for query in both} == {"new"}
    # One that is known of an earlier period alone had stopped.
    FixedWage.objects.update(number=9)
    assert {standings(page(client, company, query))["6 Bonus"] for query in both} == {"one-off"}
    FixedWage.objects.all().delete()
    mirrored(CompanyWageFixed, company.environment, **of_november)
    assert {standings(page(client, company, query))["6 Bonus"] for query in both} == {"new"}


@pytest.mark.database
def test_nothing_is_a_one_off_of_somebody_whose_fixed_components_were_not_read_since(
    office: Employee, company: Company, client: Client
) -> None:
    everybody, of_one = "?level=component", f"?employee={office.pk}"
    read = PersonFetch.objects.filter(employee=office)

    def shown() -> set[str]:
        return {standings(page(client, company, query))["6 Bonus"] for query in (everybody, of_one)}

    # The company has worked on October or later since the tenth of that month: an answer of before tells of September.
    PeriodSeen.objects.create(company=company, year=2026, number=9, seen_at=datetime(2026, 9, 1, tzinfo=UTC))
    PeriodSeen.objects.create(company=company, year=2026, number=10, seen_at=datetime(2026, 10, 10, tzinfo=UTC))
    read.update(fetched_at=datetime(2026, 10, 9, tzinfo=UTC))
    assert shown() == {"new"}
    read.update(fetched_at=datetime(2026, 10, 11, tzinfo=UTC))
    assert shown() == {"one-off"}
    # Nmbrs refuses this person, or nobody ever asked.
    read.update(refused=True)
    assert shown() == {"new"}
    read.delete()
    assert shown() == {"new"}
    # Somebody else of whom nothing is known takes nothing from what is known of this one.
    fixed_were_read(office)
    paid(make_person(company, "C. Onbekend", number=13), 6, {10: "1"}, "Bonus")
    assert standings(page(client, company, of_one))["6 Bonus"] == "one-off"
    assert standings(page(client, company, everybody))["6 Bonus"] == "new"


def test_runs_are_compared_like_periods(office: Employee, company: Company, client: Client) -> None:
    correction = make_run(company, 2026, 10, number=99, description="Correctie")
    paid(office, 1, {99: "-20"})
    RunWage.objects.filter(run=correction).update(number=10)
    for period, amount in ((10, "1220"), (99, "-20")):
        booked(company, period, "CODE  1", debit=amount)
    JournalLine.objects.filter(run_number=99).update(number=10)
    month = Run.objects.get(company=company, number=10)
    html = page(client, company, f"?period=run-{correction.pk}&against=run-{month.pk}")
    assert "run 99 of 2026-10 against run 10 of 2026-10" in main(html)
    (row,) = [row for row in rows_of(html) if row["Component"] == "1 Code 1"]
    assert list(row.values())[2:5] == ["1,220.00", "−20.00", "−1,240.00"]
    # The journal of a run is that of its number; the period has both.
    assert "1 of 1 component agrees; everything together came to −€20.00." in main(html)
    (row,) = [row for row in rows_of(page(client, company)) if row["Component"] == "1 Code 1"]
    assert row["2026-10 M (€)"] == "1,200.00"
    assert client.get(f"/companies/{company.pk}/variance/?period=run-{correction.pk + 1000}").status_code == 404


@pytest.mark.database
def test_the_journal_is_compared_by_name_and_difference_is_told_in_euros(
    office: Employee, company: Company, client: Client
) -> None:
    assert main(page(client, company)).count("No journal of it is here") == 2
    for name, debit, credit in (
        ("Code 1", "1220", "0"),  # a cost
        ("code 2 ", "-102.01", "-102.01"),  # a cost and a debt
        ("Code 3", "94.99", "94.50"),  # one side is off
        ("Code 4", "4", "0"),
        ("Code 4", "3", "0"),
        ("Holiday", "0", "12"),
    ):
        booked(company, 10, name, debit, credit)
    html = page(client, company)
    said = main(html)
    assert "differs from the journal by €0.49" in said
    assert "4 of 5 components agree; everything together came to €1,719.98." in said
    assert "Differs: Code 3." in said
    assert "so it cannot be compared: Bonus." in said
    assert "Only the journal has it: Holiday." in said
    assert "The journal does not balance: debit less credit is €1,215.49." in said
    lines = {row["Component"]: row for row in next(found for found in tables(html) if "Output (€)" in found[0])}
    assert (lines["Code 3"]["Difference (€)"], lines["Code 3"]["Journal"]) == ("0.49", "differs")
    # What came to nothing needs no booking.
    assert lines["Code 5"]["Journal"] == "agrees"
    # A filter changes the totals of the table and not what is compared with the journal.
    assert "differs from the journal by €0.49" in main(page(client, company, f"?employee={office.pk}&code=1"))
    JournalLine.objects.exclude(component__in=["Code 1", "code 2 ", "Code 4"]).delete()
    assert "agrees with the journal in part" in main(page(client, company))
    RunWage.objects.filter(code__in=(3, 6), run__number=10).delete()
    assert "4 of 4 components agree" in main(page(client, company))


@pytest.mark.parametrize(
    ("state", "said"), [(State.NOT_PERMITTED, "Nmbrs does not give this"), (State.NEVER, "is not known yet")]
)
def test_without_a_current_period_it_says_why(company: Company, client: Client, state: State, said: str) -> None:
    bare = make_company(company.debtor, "Nieuw B.V.", period=None)
    fetched(bare, "current_period", state=state)
    assert said in main(page(client, bare))


def test_nothing_is_coloured_while_a_side_is_not_known(
    office: Employee, company: Company, client: Client, firm: Firm
) -> None:
    def plain(query: str, why: str) -> str:
        html = page(client, company, query)
        assert why in main(html) and "That is not the same as zero." in main(html)
        assert "ui-status" not in html[html.index("<main") : html.index("</main")]
        assert 'name="show"' not in html and "Only differences" not in html
        return html

    # No run covers the period.
    html = plain("?against=2026-06", "2026-06 M: No payroll run covers this period.")
    row = next(row for row in rows_of(html) if row["Component"] == "1 Code 1")
    assert list(row.values())[1:] == ["– unknown → is now 2", "– unknown", "1,220.00", *["– unknown"] * 3]
    assert (totals_of(html)["2026-06 M (€)"], totals_of(html)["2026-10 M (€)"]) == ("– unknown", "1,719.98")
    # A run whose output is not here: what is here of the period is not all of it.
    extra = make_run(company, 2026, 9, number=98, first_seen=datetime(2026, 11, 22, 6, tzinfo=UTC))
    html = plain("", "2026-09 M: The output of run 98 is not here")
    assert next(row for row in rows_of(html) if row["Component"] == "1 Code 1")["2026-09 M (€)"] == "not fetched yet"
    # Read whole after the run was first seen: then Nmbrs was asked for it, and it is empty.
    Freshness.objects.filter(company=company, resource="run_output").update(
        last_success=datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
    )
    assert "98 is not here" not in main(page(client, company))
    RunWage.objects.filter(number=9).delete()
    plain("", "2026-09 M: Nmbrs was asked and gave no amounts.")
    # A run over several periods with all its amounts in another one: none here is not zero.
    RunWage.objects.filter(number=10).update(number=9)
    Run.objects.filter(company=company, period_start=10).update(period_start=9)
    html = plain("", "2026-10 M: Run 10 covers several periods and has its amounts in another one")
    assert "gone" not in standings(html).values()
    RunWage.objects.filter(number=9).update(number=10)
    plain("", "2026-09 M: Run 10 covers several periods and has its amounts in another one")
    # Neither side.
    html = plain("?against=2026-05&period=2026-06", "2026-05 M: No payroll run covers this period.")
    assert "Nothing to compare" in html
    Freshness.objects.filter(company=company, resource="run_output").update(last_success=None, state="never")
    assert "The output of its runs was never fetched from Nmbrs." in main(page(client, company))
    Freshness.objects.filter(company=company, resource="run_output").update(state="not_permitted")
    assert "Nmbrs does not give the output of its runs." in main(page(client, company))
    bare = make_company(extra.company.debtor, "Bare", period=None)
    for query in ("", "?sort=before", "?level=employee&sort=-employee"):
        assert "The current period is not known yet" in page(client, bare, query)


def test_who_may_open_it_and_nonsense_in_the_address(
    office: Employee, company: Company, client: Client, accountant: People, as_user: SignIn, firm: Firm
) -> None:
    address = reverse("dashboards:variance", args=[company.pk])
    debtor = company.debtor
    user = User.objects.create_user("user@test.example", "User", "a-good-password")
    Membership.objects.create(user=user, firm=firm, role=Role.CLIENT_USER, debtor=debtor)
    other = make_company(make_debtor(company.environment))
    stranger = make_person(other)
    assert as_user(user).get(address).status_code == 403
    clerk = as_user(accountant(debtor))
    assert clerk.get(address).status_code == 200
    assert clerk.get(reverse("dashboards:variance", args=[other.pk])).status_code == 404
    for nobody in (stranger.pk, 999_999_937, "9" * 30, "x", "²"):
        assert client.get(address, {"employee": nobody}).status_code == 404
    for query in (
        "period=x&against=2026-13&notable=-1", "period=run-&against=run-x&notable=NaN&large=1e9&level=%27",
        "period=%00&against=1899-01&large=Infinity&code=x&show=y&q=%00%25", "period=2100-12&against=1900-01",
        "code=99999999999999999999999&level=employee&sort=,,--before&page=abc&per_page=9&q=" + "9" * 400,
    ):  # fmt: skip
        assert client.get(f"{address}?{query}").status_code == 200, query
    html = page(client, company, "?notable=9&large=3&period=x")
    assert "Large begins above notable: enter more than 9. The bands of the office are used: 2 and 5 %." in main(html)
    assert "“x” is not a period or run of this company. This page shows 2026-10 M." in main(html)
    # From the pages around it; not for who may not see wages.
    company_page = reverse("companies:company", args=[company.pk]) + "?period=2026-10"
    client_page = reverse("dashboards:debtor", args=[debtor.pk])
    assert f'href="{address}?period=2026-10"' in clerk.get(company_page).content.decode()
    make_run(company, 2026, 11)
    assert f'href="{address}"' in clerk.get(client_page).content.decode()
    for page_of_user in (company_page, client_page):
        assert address not in as_user(user).get(page_of_user).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_people(
    office: Employee, company: Company, accountant: People, as_user: SignIn
) -> None:
    clerk = as_user(accountant(company.debtor))
    page(clerk, company)
    for query in ("", "?level=employee&per_page=200&q=a&show=differences"):
        counts = []
        for people in (0, 20):
            for one in range(people):
                paid(make_person(company, f"A. {one}"), 1, {10: f"{one + 2}"})
            with CaptureQueriesContext(connection) as asked:
                page(clerk, company, query)
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 25


def test_the_bands_of_the_office_are_set_by_its_administrator(
    office: Employee, company: Company, client: Client, accountant: People, as_user: SignIn, firm: Firm
) -> None:
    address = reverse("dashboards:variance_bands")
    assert "2 and 5 %" in client.get(address).content.decode()
    clerk = as_user(accountant(company.debtor))
    assert clerk.get(address).status_code == clerk.post(address, {"notable": 1, "large": 2}).status_code == 403
    for given, said in (
        ({}, "Enter a percentage"),
        ({"notable": "x", "large": "5"}, "Enter a percentage"),
        ({"notable": "2.345", "large": "5"}, "Enter a percentage"),
        ({"notable": "5", "large": "5"}, "Large begins above notable: enter more than 5."),
        ({"notable": "-1", "large": "1000"}, "Enter a percentage"),
    ):
        answer = client.post(address, given)
        assert answer.status_code == 422 and said in answer.content.decode()
    assert not VarianceBands.objects.exists() and not Entry.objects.filter(kind="settings_changed").exists()
    # A comma is a point; the same again is no change.
    for _ in range(2):
        assert client.post(address, {"notable": "0,5", "large": "10 %"}).status_code == 302
    kept = VarianceBands.objects.get(firm=firm)
    assert (kept.notable, kept.large) == (Decimal("0.5"), Decimal(10))
    (entry,) = Entry.objects.filter(kind="settings_changed", firm_id=firm.pk)
    assert entry.detail == {"kind": "variance_bands", "fields": ["large", "notable"]}
    assert standings(page(clerk, company, f"?employee={office.pk}"))["3 Code 3"] == "notable"
    assert "up to 0.5% of the earlier amount" in main(page(clerk, company))
    # One part for one look; the other stays the office's.
    assert standings(page(clerk, company, f"?employee={office.pk}&large=4"))["3 Code 3"] == "large"
    assert client.get(f"{address}?firm=999999").status_code == 404
