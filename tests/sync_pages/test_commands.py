"""`manage.py sync` and `manage.py resources`, over a real socket."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.companies.models import Company
from portal.connections.models import Connection
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.mirror.resource import Lane, registry
from portal.sync.estimate import estimate
from portal.sync.models import ROTATION, SyncPlan, Trigger
from tests.factories import make_company, make_debtor, make_environment
from tests.sync_pages.conftest import connect

pytestmark = pytest.mark.pages


def run(*arguments):
    """The exit code and what was printed."""
    out = StringIO()
    try:
        call_command("sync", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def refused(*arguments):
    """The exit code and the reason of a refusal."""
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value.returncode, str(caught.value)


def test_everything_comes_in_and_the_exit_code_is_nought(connected):
    code, printed = run()
    assert code == 0
    assert Debtor.objects.count() == len(connected.sandbox.firm.debtors)
    assert "parts done, 0 not renewed" in printed
    assert "Everything is up to date." in printed
    assert all(kind.name in printed for kind in registry if kind.lane is Lane.FAST and kind.opt_in is None)
    # What Nmbrs gives person by person is left to the worker.
    assert "person by person" in printed
    planned = SyncPlan.objects.filter(trigger=Trigger.COMMAND)
    assert set(planned.values_list("resource", flat=True)) == {"", ROTATION}


def test_the_price_is_said_before_anything_is_read(synced):
    company = Company.objects.order_by("pk").first()
    price = estimate(company)
    _code, printed = run("--debtor", company.debtor.number, "--company", str(company.number))
    said = f"about {price.calls} calls to Nmbrs, {price.seconds} seconds."
    assert price.calls > 1
    assert printed.index(said) < printed.index("parts done")
    assert "more: no company is known yet" not in printed


def test_the_price_of_a_first_sync_says_that_it_will_be_more(connected):
    assert "more: no company is known yet" in run("--resource", "debtors")[1]


def test_one_debtor_one_company_or_one_kind_can_be_chosen(synced):
    company = Company.objects.order_by("pk").first()
    synced.sandbox.forget_requests()
    assert run("--debtor", company.debtor.number, "--company", str(company.number), "--resource", "runs")[0] == 0
    assert {call.operation for call in synced.sandbox.requests} == {"Run_GetList"}
    assert {call.parameters["CompanyId"] for call in synced.sandbox.requests} == {str(company.remote_id)}


def test_one_person_can_be_chosen(synced):
    person = Employee.objects.select_related("company__debtor").order_by("pk").first()
    company = person.company
    where = ("--debtor", company.debtor.number, "--company", str(company.number))
    synced.sandbox.forget_requests()
    code, printed = run(*where, "--employee", str(person.number))
    assert code == 0
    assert "Everything is up to date." in printed
    assert f"employee {person.number} of {company.number}" in printed
    assert "BankAccount_GetListCurrent" in {call.operation for call in synced.sandbox.requests}
    asked = [(name.lower(), value) for call in synced.sandbox.requests for name, value in call.parameters.items()]
    assert {value for name, value in asked if name == "employeeid"} == {str(person.remote_id)}
    assert list(SyncPlan.objects.filter(employee=person).values_list("resource", flat=True)) == [""]
    # Nobody else's turn comes with it.
    assert not SyncPlan.objects.filter(resource=ROTATION, trigger=Trigger.COMMAND, finished=None).exists()


def test_a_refused_call_is_said_in_plain_words_with_exit_code_one(synced):
    synced.sandbox.faults.add("fault", code=1002, operation="Run_GetList")
    code, printed = run()
    assert code == 1
    assert "The API user in Nmbrs may not read this. (Code 1002.)" in printed
    assert "Ask the owner of the API user to allow Run_GetList in Nmbrs." in printed
    assert "Nothing was lost" in printed
    assert "Everything is up to date" not in printed


def test_a_held_answer_is_exit_code_one_and_says_what_would_go(synced):
    company = Company.objects.order_by("pk").first()
    people = Employee.objects.filter(company=company).count()
    synced.sandbox.faults.add("empty_list", operation="List_GetByCompany", service="EmployeeService")
    code, printed = run("--debtor", company.debtor.number, "--company", str(company.number))
    assert code == 1
    assert f"would remove {people} of {people} employees" in printed


def test_a_wrong_token_is_exit_code_one_with_the_reason(connected):
    Connection.objects.update(user="somebody@else.example")
    code, printed = run()
    assert code == 1
    assert "Nmbrs refused the user, the token or the domain of the connection." in printed
    assert "demo-token" not in printed


def test_records_left_out_are_counted_and_not_called_up_to_date(synced):
    synced.sandbox.faults.add(
        "unknown_enum",
        operation="PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany",
        element="Birthday",
        value="Surprise",
    )
    code, printed = run("--resource", "personal_info")
    assert code == 0
    assert "records could not be read and keep their old values" in printed
    assert "Everything is up to date" not in printed


def test_without_a_connection_the_command_says_how_to_make_one(firm):
    code, said = refused()
    assert code == 2
    assert "manage.py connect" in said


def test_a_debtor_of_an_environment_without_a_connection_cannot_be_synced(firm):
    make_debtor(make_environment(firm), number="10")
    code, said = refused("--debtor", "10")
    assert code == 2
    assert "manage.py connect" in said


def test_an_unknown_number_lists_what_there_is(office):
    code, said = refused("--firm", "Kantoor Test", "--debtor", "99")
    assert code == 2
    assert "10 Aardbeien BV" in said
    assert "20 Bramen BV" in said
    assert "Citroenen" not in said
    code, said = refused("--firm", "Kantoor Test", "--company", "999999")
    assert code == 2
    assert "Aardbeien Winkel BV" in said


def test_an_unknown_kind_lists_the_kinds(office):
    code, said = refused("--firm", "Kantoor Test", "--resource", "passwords")
    assert code == 2
    assert "salaries" in said


def test_two_firms_want_to_be_told_apart(office):
    code, said = refused()
    assert code == 2
    assert "Ander Kantoor" in said


def test_a_company_number_that_two_debtors_use_asks_for_the_debtor(office):
    make_company(office.a, "Een BV", number=777)
    make_company(office.b, "Twee BV", number=777)
    code, said = refused("--firm", "Kantoor Test", "--company", "777")
    assert code == 2
    assert "--debtor" in said
    assert "Een BV" in said
    assert "Twee BV" in said


def test_a_debtor_number_that_is_used_twice_is_not_guessed(office):
    make_debtor(office.environment, "Nog een", number="10")
    code, said = refused("--firm", "Kantoor Test", "--debtor", "10")
    assert code == 2
    assert "Several debtors" in said


def test_another_firms_numbers_do_not_exist(office):
    connect(make_environment(office.other_firm, "nog-een"))
    code, said = refused("--firm", "Ander Kantoor", "--debtor", "10")
    assert code == 2
    assert "Aardbeien" not in said


def test_resources_lists_every_kind_with_its_origin():
    out = StringIO()
    call_command("resources", stdout=out)
    printed = out.getvalue()
    for resource in registry:
        line = next(line for line in printed.splitlines() if line.split()[0] == resource.name)
        assert f"{resource.soap.service}.{resource.soap.operation}" in line
        assert resource.model._meta.label in line


def test_resources_as_json_is_complete_and_in_reading_order():
    out = StringIO()
    call_command("resources", "--json", stdout=out)
    rows = json.loads(out.getvalue())
    assert [row["name"] for row in rows] == [resource.name for resource in registry]
    assert [row["stage"] for row in rows] == sorted(row["stage"] for row in rows)
    runs = next(row for row in rows if row["name"] == "runs")
    assert runs == {
        "name": "runs",
        "label": "runs",
        "level": "company",
        # Which years are asked depends on the current period.
        "stage": 3,
        "model": "companies.Run",
        "soap": {"service": "CompanyService", "operation": "Run_GetList"},
        "rest": None,
        "loops": ["year"],
        "capability": "view",
    }
