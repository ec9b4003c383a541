"""What the employee service answers about the further records of people, read by strict zeep over the socket."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from stdnum import iban
from stdnum.nl import bsn

from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm import EmployeeType
from portal.nmbrs.sandbox.firm.person_records import ABSENCE_CANARY
from portal.nmbrs.sandbox.firm.wage_codes import WAGE_CODES
from portal.periods import Period, bounds, preceding
from tests.nmbrs_sandbox.asking import NOT_SET, TODAY, Ask, about, asking, midnight, of, rows, staffed
from tests.nmbrs_sandbox.wire import call

ON_PAYROLL = {EmployeeType.PAYROLL, EmployeeType.FORMER_PAYROLL, EmployeeType.NEW_HIRE}


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """Three debtors, 40 people a company. No test moves it on."""
    with Sandbox(debtors=3, employees=40, seed=7, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def ask(shared: Sandbox) -> Iterator[Ask]:
    with asking(shared, "EmployeeService") as ask:
        yield ask


def test_the_call_with_bsn_gives_it_where_there_is_one_and_is_else_the_same_as_the_one_without(
    shared: Sandbox, ask: Ask
) -> None:
    company = staffed(shared.firm)[0]
    with_bsn = ask("PersonalInfo_GetAll_AllEmployeesByCompany", CompanyID=company.id)
    without = ask("PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany", CompanyID=company.id)
    for person, one, other in zip(company.people, with_bsn, without, strict=True):
        ours = [row["BSN"] for row in one["EmployeePersonalInfos"]["PersonalInfo_V2"]]
        assert ours == [info.bsn or None for info in person.personal_infos]
        theirs = other["EmployeePersonalInfos"]["PersonalInfo_V2"]
        assert [row["BSN"] for row in theirs] == [None] * len(ours)
        for row in one["EmployeePersonalInfos"]["PersonalInfo_V2"]:
            row["BSN"] = None
        assert one == other


def test_costs_of_everybody_on_payroll_are_divided_for_a_hundred_percent_in_any_period(
    shared: Sandbox, ask: Ask
) -> None:
    several = 0
    for company in staffed(shared.firm):
        centers = {center.code for center in company.records.cost_centers}
        for period in (Period(2019, 1), Period(2025, 3), company.current):
            answer = ask("CostCenter_GetAllEmployeesByCompany", **of(company, period))
            begun = [
                person.id
                for person in company.people
                if any(share.start <= period for share in person.records.cost_shares)
            ]
            assert [item["EmployeeId"] for item in answer] == begun
            for item in answer:
                shares = item["CostCenters"]["EmployeeCostCenter"]
                assert sum(share["Percentage"] for share in shares) == 100
                assert [share["Default"] for share in shares] == [True] + [False] * (len(shares) - 1)
                assert {share["CostCenter"]["Code"] for share in shares} <= centers
                several += len(shares) > 1
    assert several > 20


def test_a_later_division_of_costs_takes_the_place_of_the_earlier_one(shared: Sandbox, ask: Ask) -> None:
    company, person = next(
        (company, person)
        for company in staffed(shared.firm)
        for person in company.people
        if len({share.start for share in person.records.cost_shares}) == 2
    )
    shares = person.records.cost_shares
    later = shares[-1].start
    for period in (preceding(company.period_type, later), later):
        answer = ask("CostCenter_GetAllEmployeesByCompany", **of(company, period))
        (found,) = [item for item in answer if item["EmployeeId"] == person.id]
        expected = [share for share in shares if (share.start == later) == (period == later)]
        assert [row["Id"] for row in found["CostCenters"]["EmployeeCostCenter"]] == [one.id for one in expected]


def test_settings_of_the_employee_insurances_come_with_their_history(shared: Sandbox, ask: Ask) -> None:
    histories: Counter[int] = Counter()
    for company in staffed(shared.firm):
        settings = company.records.social_security
        assert settings is not None
        answer = ask("SVW_GetAll_AllEmployeesByCompany", CompanyID=company.id)
        assert [item["EmployeeId"] for item in answer] == [p.id for p in company.people if p.type in ON_PAYROLL]
        for item in answer:
            found = item["EmployeeSVWSettings"]["EmployeeSVWSettings"]
            histories[len(found)] += 1
            starts = rows(found, "StartYear", "StartPeriod")
            assert starts == sorted(starts)
            assert {row["Sector"]["SectorCode"] for row in found} == {settings.sector.code}
            assert {row["WageCostBenefit"]["WageCostBenefitCode"] for row in found} <= {0, 14, 15, 16, 17}
            assert {row["CodeZvw"] for row in found} <= {"K", "M"}
    assert set(histories) == {1, 2}


def test_absences_are_flat_rows_of_about_one_in_eight_and_some_are_still_open(shared: Sandbox, ask: Ask) -> None:
    found = [
        row
        for company in staffed(shared.firm)
        for row in ask("Absence_GetAll_AllEmployeesByCompany", CompanyId=company.id) or ()
    ]
    expected = [(person, absence) for person in shared.firm.people() for absence in person.records.absences]
    assert [(row["EmployeeId"], row["AbsenceId"]) for row in found] == [
        (one.id, absence.id) for one, absence in expected
    ]
    assert [(row["Start"], row["End"]) for row in found] == [
        (midnight(absence.start), midnight(absence.end)) for _, absence in expected
    ]
    people = sum(1 for person in shared.firm.people() if person.type in ON_PAYROLL)
    assert 0.06 < len({row["EmployeeId"] for row in found}) / people < 0.2
    assert 0 < sum(1 for row in found if row["End"] is None) < len(found) / 2
    assert {row["Percentage"] for row in found} == {50, 100}


def test_every_absence_carries_a_remark_that_a_mirror_must_not_keep(shared: Sandbox, ask: Ask) -> None:
    company = next(c for c in staffed(shared.firm) if any(p.records.absences for p in c.people))
    for row in ask("Absence_GetAll_AllEmployeesByCompany", CompanyId=company.id):
        assert ABSENCE_CANARY in row["Comment"]
    remarks = [absence.comment for person in shared.firm.people() for absence in person.records.absences]
    numbers = [remark.rpartition(" ")[2] for remark in remarks if "BSN" in remark]
    assert numbers
    assert all(map(bsn.is_valid, numbers))
    assert any("griep" in remark for remark in remarks)


def test_a_lease_car_is_there_in_the_periods_it_was_driven_in(shared: Sandbox, ask: Ask) -> None:
    drivers = 0
    for company in staffed(shared.firm):
        for period in (Period(2024, 2), company.current):
            first, last = bounds(company.period_type, period)
            found = {
                item["EmployeeId"]: item["LeaseCars"]["EmployeeLeaseCar"]
                for item in ask("LeaseCar2_GetAll_EmployeesByCompany", **of(company, period)) or ()
            }
            for person in company.people:
                cars = [
                    car for car in person.records.lease_cars if car.start <= last and (car.end or date.max) >= first
                ]
                expected = [(car.id, midnight(car.start), midnight(car.end) or NOT_SET, car.plate) for car in cars]
                assert rows(found.get(person.id), "Id", "StartDate", "EndDate", "LicensePlate") == expected
            drivers += len(found)
    assert 0 < drivers < 40


def test_partners_and_children_of_those_who_have_them(shared: Sandbox, ask: Ask) -> None:
    for company in staffed(shared.firm):
        partners = ask("Partner_GetAll_AllEmployeesByCompany", CompanyId=company.id)
        assert [(item["EmployeeId"], item["Partner"]["Id"], item["Partner"]["PartnerName"]) for item in partners] == [
            (person.id, partner.id, partner.name) for person in company.people for partner in person.records.partners
        ]
        children = ask("Children_GetAll_Employeesbycompany", CompanyId=company.id)
        assert [
            (item["EmployeeId"], *row)
            for item in children
            for row in rows(item["EmployeeChildren"]["Child"], "Id", "FirstName", "Birthday")
        ] == [
            (person.id, child.id, child.first_name, midnight(child.birthday))
            for person in company.people
            for child in person.records.children
        ]
        married = {person.id for person in company.people if len(person.personal_infos) > 1 and person.employments}
        assert married <= {item["EmployeeId"] for item in partners}
        for person in company.people:
            assert all(child.birthday > person.personal_infos[0].birthday for child in person.records.children)


def test_everybody_on_payroll_has_an_account_and_some_a_second_one(shared: Sandbox, ask: Ask) -> None:
    seconds = 0
    for person in shared.firm.people():
        found = ask("BankAccount_GetListCurrent", EmployeeId=person.id)
        if person.type not in ON_PAYROLL:
            assert not found
            continue
        assert found[0]["IBAN"] == person.iban
        assert [row["Type"] for row in found] == ["Bankrekening1", "Bankrekening2"][: len(found)]
        assert all(iban.is_valid(row["IBAN"]) and row["BIC"].startswith(row["IBAN"][4:8]) for row in found)
        seconds += len(found) - 1
    assert 10 < seconds < 60


def test_the_tax_settings_are_those_in_force_now(shared: Sandbox, ask: Ask) -> None:
    credits: Counter[bool] = Counter()
    changed = 0
    for company in staffed(shared.firm):
        for person in company.people:
            begun = [row for row in person.records.wage_tax if row.start <= company.current]
            found = ask("WageTax_GetCurrent", EmployeeId=person.id)
            if not begun:
                assert found is None
                continue
            last = begun[-1]
            assert (found["Id"], found["Loonheffingkorting"], found["JaarloonBT"], found["KleurTabel"]) == (
                last.id,
                last.credit,
                last.year_wage,
                last.colour,
            )
            credits[last.credit] += 1
            changed += len(begun) > 1
    assert credits[True] > credits[False] > 0
    assert changed > 0


def test_agreement_and_manager_are_known_to_the_company_and_the_client(shared: Sandbox, ask: Ask) -> None:
    for debtor in shared.firm.debtors:
        managers = {(one.number, one.name, one.email) for one in debtor.records.managers}
        for company in debtor.companies:
            agreements = {(one.id, one.guid, one.number) for one in company.records.agreements}
            for person in company.people[::2]:
                found = ask("LabourAgreements_Get", **about(person, company.current))
                working = any(choice.start <= company.current for choice in person.records.agreements)
                assert (found is not None) == working
                assert found is None or (found["Id"], found["Guid"], found["Number"]) in agreements
                manager = ask("Manager_GetCurrent", EmployeeId=person.id)
                assert manager is None or (manager["Number"], manager["Name"], manager["Email"]) in managers
    numbers = [choice.number for person in shared.firm.people() for choice in person.records.managers]
    assert len(set(numbers)) > 2


@pytest.mark.parametrize(
    ("fixed", "variable", "kind", "code", "value"),
    [
        ("HourComponentFixed_Get", "HourComponentVar_Get", "hours", "HourCode", "Hours"),
        ("WageComponentFixed_Get", "WageComponentVar_Get", "wages", "Code", "Value"),
    ],
)
def test_fixed_components_hold_until_they_end_and_variable_ones_in_one_period(
    shared: Sandbox, ask: Ask, fixed: str, variable: str, kind: str, code: str, value: str
) -> None:
    seen: Counter[str] = Counter()
    for company in staffed(shared.firm):
        current = company.current
        for period in (current, preceding(company.period_type, current), Period(current.year - 1, 12)):
            for person in company.people[::3]:
                lasting = [
                    (one.id, one.code, one.value)
                    for one in getattr(person.records, f"fixed_{kind}")
                    if one.start <= period <= (one.end or period)
                ]
                once = [
                    (one.id, one.code, one.value)
                    for one in getattr(person.records, f"variable_{kind}")
                    if one.period == period
                ]
                assert rows(ask(fixed, **about(person, period)), "Id", code, value) == lasting
                assert rows(ask(variable, **about(person, period)), "Id", code, value) == once
                seen.update(fixed=len(lasting), variable=len(once))
    assert min(seen["fixed"], seen["variable"]) > 10


def test_components_have_codes_of_the_companys_models(shared: Sandbox) -> None:
    for company in staffed(shared.firm):
        hours = {one.code for one in company.records.hour_codes}
        for person in company.people:
            records = person.records
            assert {one.code for one in [*records.fixed_hours, *records.variable_hours]} <= hours
            assert {one.code for one in [*records.fixed_wages, *records.variable_wages]} <= {c for c, _ in WAGE_CODES}


def test_leave_is_asked_for_by_year_and_by_type_and_use_or_all_of_them(shared: Sandbox, ask: Ask) -> None:
    for person in staffed(shared.firm)[0].people[::4]:
        for year in (2024, 2025, 2026):
            leave = [one for one in person.records.leave if one.start.year == year]
            for kind, usage in ((None, None), ("Type2", None), (None, "Withdrawal"), ("Type1", "Store")):
                found = ask("Leave_GetList_V2", EmployeeId=person.id, Type=kind, Soort=usage, Year=year)
                assert rows(found, "Id", "Hours", "UsageType", "Start", "End", "Type", "Status") == [
                    (one.id, one.hours, one.usage, midnight(one.start), midnight(one.end), one.type, one.status)
                    for one in leave
                    if kind in {None, one.type} and usage in {None, one.usage}
                ]
    statuses = {one.status for person in shared.firm.people() for one in person.records.leave}
    assert statuses == {"Approved", "Pending", "Rejected"}


def test_leave_type_and_use_may_be_nil_or_left_out_but_not_unknown(shared: Sandbox) -> None:
    person = staffed(shared.firm)[0].people[0]
    left_out = call(shared.url, "EmployeeService", "Leave_GetList_V2", {"EmployeeId": person.id, "Year": 2026})
    empty = call(
        shared.url,
        "EmployeeService",
        "Leave_GetList_V2",
        {"EmployeeId": person.id, "Type": "", "Soort": "", "Year": 2026},
    )
    assert left_out.all("LeaveV2")
    assert empty.body == left_out.body
    wrong = call(
        shared.url, "EmployeeService", "Leave_GetList_V2", {"EmployeeId": person.id, "Type": "Type9", "Year": 2026}
    )
    assert wrong.status == 500
    assert "not a valid value for LeaveType" in (wrong.texts("faultstring")[0] or "")


def test_the_leave_balance_is_what_was_left_and_what_was_approved_since(shared: Sandbox, ask: Ask) -> None:
    signs = {"Store": Decimal(1), "Withdrawal": Decimal(-1), "Expired": Decimal(-1)}
    for person in staffed(shared.firm)[0].people:
        found = ask("LeaveBalance_Get", EmployeeId=person.id)
        approved = {2025: Decimal(0), 2026: Decimal(0)}
        for one in person.records.leave:
            if one.status == "Approved":
                approved[one.start.year] += signs[one.usage] * one.hours
        opening = sum((one.hours for one in person.records.leave_openings), Decimal(0)) + approved[2025]
        assert found["DecMedewerkerVerlofStartSaldo"] == opening
        assert found["DecMedewerkerVerlofCurrSaldo"] == opening + approved[2026]
