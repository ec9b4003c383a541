"""Every figure on a debtor's dashboard, read off the page, equals one computed straight from Nmbrs' own data."""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from portal import clock
from portal.accounts.models import User
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.nmbrs.sandbox.firm.model import Company as NmbrsCompany
from portal.nmbrs.sandbox.firm.model import Debtor as NmbrsDebtor
from portal.nmbrs.sandbox.firm.model import Person
from portal.periods import Period, PeriodType, bounds
from portal.sync.service import sync_now
from tests import reference
from tests.conftest import Connected
from tests.sync import sums_read

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

MONTHS = 13


def test_every_figure_of_every_dashboard_before_and_after_nmbrs_moves_on(
    mirrored: Connected, administrator: Callable[..., User], client: Client
) -> None:
    client.force_login(administrator(language="en"))
    compared = check_all(client, mirrored, ["2026-11", "2026-08", "2025-11"], costs=True)
    assert compared > 100
    assert check_companies(client, mirrored) > 10
    assert sum(check_clients(client, mirrored, *month) for month in ((2026, 11), (2026, 10), (2026, 2))) > 3

    mirrored.sandbox.advance()
    choose(mirrored.environment.pk, OptIn.ABSENCE, on=True, reason="test")
    sync_now(mirrored.environment)
    check_all(client, mirrored, ["2026-11", "2025-12"])
    assert check_companies(client, mirrored, absence=True) > 0


def check_all(client: Client, connected: Connected, months: list[str], *, costs: bool = False) -> int:
    """All debtors in all of these months. Returns how many figures were compared."""
    seed = connected.sandbox.firm.seed
    return sum(
        check(client, debtor, Period(*(int(part) for part in month.split("-"))), seed if costs else None)
        for debtor in connected.sandbox.firm.debtors
        for month in months
    )


def check_companies(client: Client, connected: Connected, *, absence: bool = False) -> int:
    """The page of every company. Returns how many windows with a known cost, or how many absent people, there are."""
    found = 0
    for debtor in connected.sandbox.firm.debtors:
        for company in debtor.companies:
            mirrored = Company.objects.get(remote_id=company.id)
            page = html.fromstring(client.get(reverse("companies:company", args=[mirrored.pk])).content)
            windows = sums_read.periods_of(company)
            heads = [reference.figures(company, *window).head_count for window in windows]
            assert sums_read.column(page, "people", "Head count") == heads
            if absence:
                found += sums_read.check_absence(page, [company], windows)
            else:
                found += sums_read.check_cost(page, connected.sandbox.firm.seed, [company], windows)
                sums_read.check_splits(page, connected.sandbox.firm.seed, [company], windows[-1])
                assert not page.xpath("//canvas[@id='chart-absence']") and "switched off" in page.text_content()
    return found


def check_clients(client: Client, connected: Connected, year: int, month: int) -> int:
    """The wage cost on the list of clients. Returns of how many it is known."""
    answer = client.get(reverse("dashboards:clients"), {"month": f"{year}-{month:02d}", "per_page": "100"})
    [listed] = html.fromstring(answer.content).xpath("//table")
    headings = [cell.text_content().strip() for cell in listed.xpath("./thead//th")]
    cost, change = headings.index("Wage cost (€)"), headings.index("Cost change (%)")
    rows = {row.xpath("string(./th//a/@href)").split("?")[0]: row for row in listed.xpath("./tbody/tr")}
    known = []
    for debtor in connected.sandbox.firm.debtors:
        row = rows[reverse("dashboards:debtor", args=[Debtor.objects.get(remote_id=debtor.id).pk])]
        cells = row.xpath("./th|./td")
        seed, windows = connected.sandbox.firm.seed, sums_read.months_of(year, month, 6)
        now, place = sums_read.last_known_cost(seed, debtor.companies, windows)
        before = reference.cost_of_companies(seed, debtor.companies, *windows[place - 1])
        assert sums_read.number(sums_read.figure(cells[cost])) == (None if now is None else reference.money(now))
        changed = None if now is None or not before else Decimal(100) * (now - before) / abs(before)
        percent = changed if changed is None else changed.quantize(Decimal("0.1"), ROUND_HALF_UP)
        assert sums_read.number(sums_read.figure(cells[change])) == percent
        known += [] if now is None else [now]
    total = sums_read.number(sums_read.figure(listed.xpath("./tfoot//tr/th|./tfoot//tr/td")[cost]))
    assert total == (reference.money(sum(known)) if known else None)
    return len(known)


def check(client: Client, debtor: NmbrsDebtor, month: Period, seed: int | None) -> int:
    mirrored = Debtor.objects.get(remote_id=debtor.id)
    answer = client.get(reverse("dashboards:debtor", args=[mirrored.pk]), {"month": f"{month.year}-{month.number:02}"})
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    expected = reference.of_debtor(debtor, month.year, month.number)
    days = bounds(PeriodType.MONTH, month)

    windows = sums_read.months_of(month.year, month.number)
    cost, _ = (None, 0) if seed is None else sums_read.last_known_cost(seed, debtor.companies, windows)
    absent = reference.absent(debtor.companies, days.last) if expected.head_count >= 5 else None
    shown = tiles(page)
    assert (seed is None) or shown.pop("Wage cost") == (None if cost is None else whole(cost))
    # Absence is switched on for the second look alone.
    assert shown.pop("Absent") == (absent if seed is None else None)
    shown.pop("Wage cost", None)
    assert shown == {
        "Head count": expected.head_count,
        # The tile speaks in whole euros; the chart's table below it has the cents.
        "Contract wage a month": whole(expected.wage_cents),
        "Joiners": expected.joiners,
        "Leavers": expected.leavers,
    }
    trend = [Period(*divmod(month.year * 12 + month.number - 1 - back, 12)) for back in reversed(range(MONTHS))]
    wanted = [reference.of_debtor(debtor, each.year, each.number + 1) for each in trend]
    assert column(page, "wage", "Contract wage") == [reference.money(each.wage_cents) for each in wanted]
    assert column(page, "people", "Head count") == [each.head_count for each in wanted]

    if seed is not None:
        sums_read.check_cost(page, seed, debtor.companies, windows)
        sums_read.check_splits(page, seed, debtor.companies, windows[-1])
    else:
        sums_read.check_absence(page, debtor.companies, windows)

    text = page.text_content()
    if expected.left_out:
        assert re.search(rf"\b{expected.left_out} (person|people)\b", text)
    for name in movers(debtor, days.first, days.last):
        assert " ".join(name.split()) in " ".join(text.split())
    assert ending(page) == sorted(
        (" ".join(person(debtor, who).display_name.split()), last.isoformat())
        for who, last in reference.contracts_ending(debtor, clock.today(), 60)
    )
    for company in debtor.companies:
        assert current_period(page, company) == (company.current.year, company.current.number)
    return 4 + 2 * MONTHS + len(debtor.companies)


def whole(cents: int) -> int:
    return int(reference.money(cents).quantize(Decimal(1), ROUND_HALF_UP))


def number(text: str) -> Decimal | int | None:
    plain = re.sub(r"[^\d.−-]", "", text).replace("−", "-")
    if not plain:
        return None
    return Decimal(plain) if "." in plain else int(plain)


def tiles(page: Any) -> dict[str, Decimal | int | None]:
    return {
        tile.xpath("string(.//*[contains(@class, 'ui-figure-label')])").strip(): number(
            tile.xpath("string(.//*[contains(@class, 'ui-figure-value')])")
        )
        for tile in page.xpath("//*[contains(concat(' ', @class, ' '), ' ui-figure ')]")
    }


def column(page: Any, key: str, heading: str) -> list[Decimal | int | None]:
    """A series of a chart, from the table folded below it."""
    [table] = page.xpath(f"//figure[.//canvas[@id='chart-{key}']]//table")
    headings = [cell.text_content().strip() for cell in table.xpath(".//thead//th")]
    place = headings.index(heading)
    return [number(row.xpath("./th|./td")[place].text_content()) for row in table.xpath(".//tbody/tr")]


def movers(debtor: NmbrsDebtor, first: date, last: date) -> list[str]:
    return [
        somebody.display_name
        for company in debtor.companies
        for somebody in reference.people(company)
        for spell in somebody.employments
        if first <= spell.start <= last or (spell.end is not None and first <= spell.end <= last)
    ]


def ending(page: Any) -> list[tuple[str, str]]:
    rows = page.xpath("//table[caption[contains(., 'Contracts that end')]]/tbody/tr")
    return sorted(
        (" ".join(row.xpath("string(./th)").split()), row.xpath("string(.//time/@datetime)")[:10]) for row in rows
    )


def current_period(page: Any, company: NmbrsCompany) -> tuple[int, int]:
    [row] = [
        row
        for row in page.xpath("//table[caption[contains(., 'Companies')]]/tbody/tr")
        if row.xpath("string(./td[1])").strip() == str(company.number)
        and " ".join(row.xpath("string(./th)").split()) == " ".join(company.name.split())
    ]
    found = re.search(r"(\d{4})\D+(\d{1,2})|(\d{1,2})\D+(\d{4})", row.xpath("string(./td[2])"))
    assert found, row.xpath("string(./td[2])")
    return (int(found[1]), int(found[2])) if found[1] else (int(found[4]), int(found[3]))


def person(debtor: NmbrsDebtor, person_id: int) -> Person:
    [found] = [somebody for company in debtor.companies for somebody in company.people if somebody.id == person_id]
    return found
