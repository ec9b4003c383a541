"""What a company has on file, and what it does period after period, over the wire."""

from collections.abc import Iterator
from dataclasses import astuple
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import zeep
from stdnum import iban

from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm.identity import guid_of
from portal.nmbrs.sandbox.firm.run_people import people_of_run
from portal.nmbrs.sandbox.firm.wage_codes import WAGE_CODES
from portal.nmbrs.sandbox.firm.workflow import WorkflowTrack, workflow_of
from portal.periods import Period, PeriodType, bounds, following, preceding
from tests.nmbrs_sandbox.asking import NOT_SET, TODAY, Ask, asking, of_kind, rows, values

#: What a scale is named by when its steps are asked for.
SCALE = ("Scale", "SchaalDescription", "ScaleValue", "ScalePercentageMax", "ScalePercentageMin")


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """Six debtors, so that every record is missing somewhere. No test moves it on."""
    with Sandbox(debtors=6, employees=20, seed=7, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def companies(shared: Sandbox) -> Iterator[Ask]:
    with asking(shared, "CompanyService") as ask:
        yield ask


def test_a_company_has_an_address_an_account_and_a_contact(shared: Sandbox, companies: Ask) -> None:
    for company in shared.firm.companies():
        records = company.records
        address = companies("Address_GetCurrent", CompanyId=company.id)
        account = companies("BankAccount_GetCurrent", CompanyId=company.id)
        contact = companies("ContactPerson_Get", CompanyId=company.id)
        assert (address and address["Street"]) == (records.address and records.address.street)
        assert (account and account["IBAN"]) == (records.bank_account and records.bank_account.iban)
        assert (contact and contact["Name"]) == (records.contact and records.contact.name)
        assert account is None or (iban.is_valid(account["IBAN"]) and account["Name"] == company.name)


@pytest.mark.parametrize("attribute", ["address", "bank_account", "contact"])
def test_some_companies_lack_a_record(shared: Sandbox, attribute: str) -> None:
    assert {getattr(company.records, attribute) is None for company in shared.firm.companies()} == {True, False}


def test_no_account_of_a_client_or_company_is_that_of_a_person_or_another(shared: Sandbox) -> None:
    accounts = [one.records.bank_account for one in (*shared.firm.debtors, *shared.firm.companies())]
    numbers = [account.iban for account in accounts if account] + [person.iban for person in shared.firm.people()]
    assert len(numbers) == len(set(numbers))


def test_codes_of_a_company(shared: Sandbox, companies: Ask) -> None:
    for company in shared.firm.companies():
        centers = companies("CostCenter_GetList", CompanyId=company.id)
        units = companies("CostUnit_GetList", CompanyId=company.id)
        for found, expected in ((centers, company.records.cost_centers), (units, company.records.cost_units)):
            assert [values(one, "Id", "Code", "Description") for one in found] == [astuple(one) for one in expected]
            assert 4 <= len(found) <= 8
        hours = companies("HourModel2_GetHourCodes", CompanyId=company.id)
        wages = companies("WageModel2_GetWageCodes", CompanyId=company.id)
        assert 12 <= len(hours) <= 20
        assert len({one["Code"] for one in hours}) == len(hours)
        assert [values(one, "Code", "Description") for one in wages] == list(WAGE_CODES)


def test_the_schedule_has_four_places_of_which_some_have_hours(shared: Sandbox, companies: Ask) -> None:
    for company in shared.firm.companies():
        found = companies("Schedule_GetCurrent", CompanyId=company.id)
        for name, made in zip(("One", "Two", "Three", "Four"), company.records.schedules, strict=True):
            one = found[f"FulltimeSchedule{name}"]
            assert one["ScheduleCalcMethod"] == made.method
            assert values(one, "HoursMonday", "HoursSunday2") == (made.week1[0], made.week2[6])
        assert found["FulltimeScheduleOne"]["HoursTuesday"] > 0
        assert found["FulltimeScheduleFour"]["HoursTuesday"] == 0


def test_social_security_says_codes_twice_and_means_the_same(shared: Sandbox, companies: Ask) -> None:
    for company in shared.firm.companies():
        found = companies("SVW_GetCurrent", CompanyId=company.id)
        settings = company.records.social_security
        assert settings is not None
        assert values(found["SVWSettings"], "CodeCao", "Sector", "RisicoGroep") == (
            found["CAO"]["Code"],
            found["Sector"]["Code"],
            found["Risicogroep"]["Code"],
        )
        assert found["SVWSettings"]["Gediff_WGA_wg"] == settings.wga_employer
        assert found["SVWSettings"]["EigenrisicodragerZiektewet"] == settings.carries_sickness


def test_labour_agreements_of_a_company_are_those_of_its_client(shared: Sandbox, companies: Ask) -> None:
    for debtor in shared.firm.debtors:
        known = {one.id: one.guid for one in debtor.records.agreements}
        for company in debtor.companies:
            now = companies("LabourAgreements_Get", CompanyId=company.id, Year=2026, Period=11)
            assert [one["Default"] for one in now] == [True] + [False] * (len(now) - 1)
            assert {one["Id"]: one["Guid"] for one in now}.items() <= known.items()
            assert not companies("LabourAgreements_Get", CompanyId=company.id, Year=2009, Period=12)


def test_the_salary_table_is_the_one_that_salaries_name_and_may_change(shared: Sandbox, companies: Ask) -> None:
    changed = False
    for company in shared.firm.companies():
        then, now = (companies("SalaryTable2_Get", CompanyId=company.id, Year=year, Period=1) for year in (2025, 2026))
        if not company.people:
            assert now is None
            continue
        assert values(then, "Code", "Description") == (1, "Loontabel cao")
        assert now["GuidSalaryTable"] == company.records.salary_tables[-1].guid
        changed = changed or now["GuidSalaryTable"] != then["GuidSalaryTable"]
        assert companies("SalaryTable2_Get", CompanyId=company.id, Year=2009, Period=1) is None
    assert changed


def test_scales_and_steps_are_those_of_the_table_of_the_period(shared: Sandbox, companies: Ask) -> None:
    for company in shared.firm.companies():
        tables = company.records.salary_tables
        for asked, table in (((2025, 1), tables[:1]), ((2026, 1), tables[-1:]), ((2009, 1), [])):
            period = {"CompanyId": company.id, "Year": asked[0], "Period": asked[1]}
            scales = companies("SalaryTable2_GetScales", **period) or []
            expected = table[0].scales if table else []
            assert rows(scales, "Scale", "SchaalDescription", "ScaleValue", "GuidSalaryTableScale") == [
                (one.name, one.description, one.value, one.guid) for one in expected
            ]
            for made, scale in zip(expected, scales, strict=True):
                named = {name: scale[name] for name in SCALE}
                steps = companies("SalaryTable2_GetSteps", Scale=named, **period)
                assert rows(steps, "Step", "StepDescription", "StepValue", "GuidSalaryTableStep") == [
                    astuple(one) for one in made.steps
                ]
            assert not companies("SalaryTable2_GetSteps", Scale={**dict.fromkeys(SCALE, 0), "Scale": "99"}, **period)
            assert not companies("SalaryTable2_GetSteps", **period)


def test_guids_of_scales_and_steps_are_apart_in_the_whole_firm(shared: Sandbox) -> None:
    scales = [
        one for company in shared.firm.companies() for table in company.records.salary_tables for one in table.scales
    ]
    for guids in ([one.guid for one in scales], [step.guid for one in scales for step in one.steps]):
        assert len(guids) == len(set(guids)) > 0


def test_a_salary_from_the_table_pays_what_its_step_says(shared: Sandbox) -> None:
    """In every table of its company: a new one has other GUIDs and pays the same."""
    checked = 0
    for company in shared.firm.companies():
        named = [(salary.value, salary.table) for person in company.people for salary in person.salaries]
        for table in company.records.salary_tables:
            steps = {(scale.name, step.name): (scale, step) for scale in table.scales for step in scale.steps}
            for value, place in named:
                if place is not None:
                    scale, step = steps[place.scale, place.step]
                    assert value == place.step_value == step.value
                    assert place.scale_value == scale.value
                    checked += 1
            for scale in table.scales:
                shares = [(step.value * 100 / scale.value).quantize(Decimal("0.01")) for step in scale.steps]
                assert (shares[0], shares[-1]) == (scale.least, scale.most)
                assert shares == sorted(set(shares))
    assert checked > 10


def test_wage_components_hold_in_their_periods_only(shared: Sandbox, companies: Ask) -> None:
    codes = dict(WAGE_CODES)
    for company in shared.firm.companies():
        kept, before = (
            companies("WageComponentFixed_Get", CompanyId=company.id, Year=year, Period=1) for year in (2026, 2025)
        )
        replaced = company.records.fixed_components[0]
        assert replaced.id in {one["Id"] for one in before}
        assert replaced.id not in {one["Id"] for one in kept}
        assert replaced.code in {one["Code"] for one in kept}
        now, period = company.records.variable_components, company.current
        found = companies("WageComponentVar_Get", CompanyId=company.id, Year=period.year, Period=period.number)
        assert [values(one, "Id", "Code", "Value") for one in found] == [
            (one.id, one.code, one.value) for one in now if one.period == period
        ]
        assert len(found) == 2
        assert {one["Code"] for one in (*kept, *before, *found)} <= set(codes)


@pytest.mark.parametrize("kind", ["Debtor", "Company", "Employee"])
def test_ids_of_a_company_have_guids(shared: Sandbox, companies: Ask, kind: str) -> None:
    for company in shared.firm.companies():
        found = companies("Converter_GetByCompany_IntToGuid", Entity=kind, CompanyId=company.id)
        ids = {"Debtor": [company.debtor_id], "Company": [company.id]}.get(kind, [one.id for one in company.people])
        assert found["Entity"] == kind
        assert pairs(found) == [(one, guid_of(kind, one)) for one in ids]


def test_an_entity_that_does_not_exist_has_no_guids(shared: Sandbox, companies: Ask) -> None:
    company = next(shared.firm.companies())
    found = companies("Converter_GetByCompany_IntToGuid", Entity="Planet", CompanyId=company.id)
    assert pairs(found) == []


def pairs(converter: Any) -> list[tuple[Any, ...]]:
    """The pairs of a converter; zeep reads an empty wrapper as None."""
    return [values(one, "IdInt", "IdGuid") for one in converter["Mappings"]["Mapping"]] if converter["Mappings"] else []


# --- period after period ---------------------------------------------------------------------------------------------


def test_a_run_holds_who_was_in_service_in_its_period(shared: Sandbox, companies: Ask) -> None:
    company = of_kind(shared.firm, PeriodType.MONTH)
    for run in (company.runs[0], company.runs[-1]):
        found = companies("Run_GetEmployeesByRunCompany", CompanyId=company.id, RunId=run.id, Year=run.year)
        first = bounds(company.period_type, Period(run.year, run.first)).first
        last = bounds(company.period_type, Period(run.year, run.last)).last
        listed = {one["EmployeeId"]: one["EmployeeNumber"] for one in found}
        for person in company.people:
            served = any(spell.start <= last and (spell.end or date.max) >= first for spell in person.employments)
            assert listed.get(person.id) == (person.number if served else None)
        assert list(listed) == [person.id for person in people_of_run(company, run)]
    assert 0 < len(listed) < len(company.people)


def test_a_run_of_another_year_or_company_is_not_found(shared: Sandbox, companies: Ask) -> None:
    one, other, *_ = shared.firm.companies()
    run = one.runs[-1]
    for company, year in ((one, run.year - 1), (other, run.year)):
        with pytest.raises(zeep.exceptions.Fault, match="---> 2046: "):
            companies("Run_GetEmployeesByRunCompany", CompanyId=company.id, RunId=run.id, Year=year)


def test_run_requests_of_the_past_are_closed_and_of_the_current_period_open(shared: Sandbox, companies: Ask) -> None:
    open_now = set()
    for company in shared.firm.companies():
        for year in (2024, 2025, 2026):
            found = companies("RunRequest_GetList", CompanyId=company.id, Year=year) or []
            made = [one for one in company.records.run_requests if one.period.year == year]
            assert [values(one, "Year", "Period", "Status") for one in found] == [
                (one.period.year, one.period.number, one.status) for one in made
            ]
            assert all((one["HandledDate"] == NOT_SET) == (one["Status"] == "Pending") for one in found)
            for one in found:
                past = Period(one["Year"], one["Period"]) < company.current
                assert (one["Status"] in {"Complete", "Canceled"}) == past
                if not past:
                    open_now.add(one["Status"])
    assert open_now == {"Pending", "Handled"}


def test_pension_exports_are_sent_up_to_the_last_which_says_year_one(shared: Sandbox, companies: Ask) -> None:
    with_scheme = set()
    for company in shared.firm.companies():
        found = [
            one
            for year in (2024, 2025, 2026)
            for one in companies("PensionExport_GetList", CompanyId=company.id, intYear=year) or []
        ]
        with_scheme.add(bool(found))
        if not found:
            continue
        assert [one["SerialNumber"] for one in found] == list(range(1, len(found) + 1))
        last = preceding(company.period_type, company.current)
        assert values(found[-1], "Year", "Period", "Status") == (last.year, last.number, "Aangemaakt")
        assert found[-1]["SentAt"] == NOT_SET
        assert {one["Status"] for one in found[:-1]} == {"Verzonden"}
        assert all(datetime(2024, 1, 1) < one["SentAt"] for one in found[:-1])  # noqa: DTZ001 -- no zone on the wire
        assert max(one["SentAt"] for one in found).date() <= TODAY
    assert with_scheme == {True, False}


def test_work_costs_beyond_the_free_space_of_the_year_are_levied(shared: Sandbox, companies: Ask) -> None:
    levied = False
    for company in shared.firm.companies():
        for year in (2024, 2025, 2026):
            found = companies("WorkCost_GetList", CompanyId=company.id, Year=year) or []
            assert bool(found) == bool(company.people)
            assert [one["Period"] for one in found] == list(range(1, len(found) + 1))
            spent = sum((one["WorkCostBase"] for one in found), Decimal(0))
            space = sum((one["WorkCostAvailableSpace"] for one in found), Decimal(0))
            due = sum((one["WorkCostToPay"] for one in found), Decimal(0))
            assert due >= (max(spent - space, Decimal(0)) * Decimal("0.8")).quantize(Decimal("0.01"))
            assert all(
                one["WorkCostBase"] == one["WorkCostPayroll"] + one["WorkCostFinancial"] <= one["FiscalWage"]
                for one in found
            )
            levied = levied or due > 0
    assert levied


def status_of(found: list[Any]) -> dict[str, str]:
    return {track["TrackName"]: track["TrackStatus"] for track in found}


def test_the_workflow_says_what_runs_and_returns_say(shared: Sandbox, companies: Ask) -> None:
    for company in shared.firm.companies():
        behind = preceding(company.period_type, company.current)
        after = following(company.period_type, company.current)
        last, now, coming, long_ago = (
            status_of(companies("PayrollWorkflow_Get", CompanyId=company.id, Year=one.year, Period=one.number))
            for one in (behind, company.current, after, Period(2025, 1))
        )
        assert last["Verloning"] == ("Gereed" if company.runs[-1].locked else "Bezig")
        asked = company.records.run_requests[-1].period == company.current
        assert now["Werkperiode"] == ("Bezig" if asked else "Actueel")
        assert now["Verloning"] == "Actueel"
        assert set(coming.values()) == {"Toekomstig"}
        assert set(long_ago.values()) == {"Gereed"}
        assert ("Pensioenaangifte" in now) == bool(company.records.pension_exports)
        if "Pensioenaangifte" in last:
            assert last["Pensioenaangifte"] == "Bezig"


def test_the_steps_of_a_track_are_done_one_after_another(shared: Sandbox, companies: Ask) -> None:
    for company in shared.firm.companies():
        for period in (company.current, preceding(company.period_type, company.current), Period(2025, 1)):
            found = companies("PayrollWorkflow_Get", CompanyId=company.id, Year=period.year, Period=period.number)
            for track, expected in zip(found, workflow_of(company, period), strict=True):
                steps = track["Actions"]["PayrollWorkflowAction"]
                assert_same(track, expected)
                assert [one["RunAt"] is not None for one in steps] == [one["ActionStatus"] == "Gereed" for one in steps]
                done = [one["RunAt"] for one in steps if one["RunAt"]]
                assert done == sorted(done)
                assert [one["ActionStatus"] == "Gereed" for one in steps] == [True] * len(done) + [False] * (
                    len(steps) - len(done)
                )


def assert_same(track: Any, expected: WorkflowTrack) -> None:
    assert values(track, "TrackName", "TrackStatus") == (expected.name, expected.status.text)
    assert [
        values(one, "ActionId", "ActionName", "ActionStatusId", "ActionStatus", "RunAt")
        for one in track["Actions"]["PayrollWorkflowAction"]
    ] == [(one.id, one.name, one.status.id, one.status.text, one.run_at) for one in expected.actions]
