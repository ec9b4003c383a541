"""What is not asked, what is not kept, who is refused, and what a second read writes."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.apps import apps

from portal.companies.models import Company
from portal.employees import models, resources
from portal.mirror.models import Change, PersonFetch, Quarantine
from portal.mirror.opt_ins import choose
from portal.mirror.resource import Lane, OptIn, registry
from portal.nmbrs.sandbox.firm.company_records import VariableComponent
from portal.nmbrs.sandbox.firm.person_records import ABSENCE_CANARY
from portal.sync.service import sync_now
from portal.vault import key_mark
from tests import golden, reference
from tests.conftest import NOON, Connected
from tests.employees.records.conftest import planted, read_everything, whole_database

pytestmark = [pytest.mark.pages, pytest.mark.django_db, pytest.mark.timeout(300)]

OPT_IN = {kind.opt_in: kind for kind in resources.ALL if kind.opt_in is not None}
KINDS = [kind for kind in resources.ALL if kind.name not in {"employee_types", "employees"}]


def company_of(connected: Connected) -> Company:
    return Company.objects.get(environment=connected.environment)


def first_read(small: Connected) -> None:
    """The fast lane of everything."""
    golden.once("one company", small.environment, lambda: sync_now(small.environment))


def test_every_sensitive_kind_is_declared() -> None:
    assert set(OPT_IN) == set(OptIn)


def test_a_kind_that_nobody_switched_on_is_not_asked_for(small: Connected) -> None:
    for kind in OptIn:
        choose(small.environment.pk, kind, on=False)
    sync_now(small.environment)
    for resource in OPT_IN.values():
        sync_now(company_of(small), resource=resource.name)
        assert not resource.model.everything.exists()
    asked = {call.operation for call in small.sandbox.requests}
    assert not asked & {resource.soap.operation for resource in OPT_IN.values() if resource.soap}


def test_one_switched_on_alone_is_asked_for(small: Connected) -> None:
    for kind in OptIn:
        choose(small.environment.pk, kind, on=kind is OptIn.CHILDREN)
    sync_now(small.environment)
    asked = {call.operation for call in small.sandbox.requests}
    operations = {kind: resource.soap.operation for kind, resource in OPT_IN.items() if resource.soap}
    assert [kind for kind, operation in operations.items() if operation in asked] == [OptIn.CHILDREN]


def test_a_bad_record_of_the_bsn_check_is_quarantined_without_the_number(
    small: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    small.sandbox.faults.add(
        "unknown_enum", operation="PersonalInfo_GetAll_AllEmployeesByCompany", element="StartPeriod", value="99"
    )
    small.sandbox.faults.add(
        "unknown_enum", operation="Absence_GetAll_AllEmployeesByCompany", element="Percentage", value="lots"
    )
    caplog.set_level("DEBUG")
    sync_now(small.environment)
    raw = [row.raw for row in Quarantine.objects.filter(resource="bsn_checks")]
    assert raw
    assert {"bsn", "BSN"}.isdisjoint(key for text in raw for key in json.loads(text))
    everything = whole_database() + caplog.text
    assert [number for number in planted(small.sandbox) if number in everything] == []
    assert ABSENCE_CANARY not in everything


def test_another_bsn_is_a_change_without_values(small: Connected) -> None:
    first_read(small)
    small.sandbox.advance()
    person = reference.people(next(small.sandbox.firm.companies()))[0]
    other = {info.bsn for one in small.sandbox.firm.people() for info in one.personal_infos} - {
        info.bsn for info in person.personal_infos
    }
    for info in person.personal_infos:
        info.bsn = max(other)
    sync_now(small.environment, resource="bsn_checks")
    found = Change.objects.filter(resource="bsn_checks", employee__remote_id=person.id)
    assert {change.field for change in found} == {"bsn_fingerprint"}
    assert {(change.old, change.new, change.sensitive) for change in found} == {("", "", True)}


def test_another_bsn_is_told_after_a_new_key_of_hashes_too(small: Connected, settings: Any) -> None:
    first_read(small)
    settings.HASH_KEY = "another key of hashes " * 3
    sync_now(small.environment)
    assert not Change.objects.filter(resource="bsn_checks").exists()
    small.sandbox.advance()
    person = reference.people(next(small.sandbox.firm.companies()))[0]
    other = {info.bsn for one in small.sandbox.firm.people() for info in one.personal_infos} - {
        info.bsn for info in person.personal_infos
    }
    for info in person.personal_infos:
        info.bsn = max(other)
    sync_now(small.environment, resource="bsn_checks")
    found = Change.objects.filter(resource="bsn_checks", employee__remote_id=person.id)
    assert {change.field for change in found} == {"bsn_fingerprint"}


def test_a_person_whom_nmbrs_refuses_keeps_the_old_records_and_the_others_are_renewed(small: Connected) -> None:
    first_read(small)
    company, people = company_of(small), reference.people(next(small.sandbox.firm.companies()))
    sync_now(company, resource="bank_accounts")
    asked = [row.employee.remote_id for row in PersonFetch.objects.filter(resource="bank_accounts")]
    refused, other = sorted(asked)[:2]
    before = {row.pk: row.iban for row in models.AccountOfEmployee.objects.filter(employee__remote_id=refused)}
    for person in people:
        if person.id in {refused, other}:
            person.records.bank_accounts[0].iban = "NL20INGB0001234567"
    # Moving on makes the embedded Nmbrs write its answers anew.
    small.sandbox.advance()
    # People are asked in the order of their ids as long as nothing sets them apart.
    PersonFetch.objects.update(fetched_at=NOON)
    Change.objects.all().delete()
    small.sandbox.faults.add("fault", code=2003, operation="BankAccount_GetListCurrent", count=1)
    with time_machine.travel(NOON + timedelta(days=1), tick=True):
        plan = sync_now(company, resource="bank_accounts")
    assert set(plan.runs.values_list("status", flat=True)) == {"succeeded"}
    kept = models.AccountOfEmployee.objects.filter(employee__remote_id=refused, valid_until=None)
    assert {row.pk: row.iban for row in kept} == before
    renewed = models.AccountOfEmployee.objects.filter(employee__remote_id=other, valid_until=None)
    assert "NL20INGB0001234567" in {row.iban for row in renewed}
    assert set(PersonFetch.objects.filter(resource="bank_accounts", refused=True).values_list(
        "employee__remote_id", flat=True
    )) == {refused}  # fmt: skip
    changed = Change.objects.filter(resource="bank_accounts", employee__remote_id=other)
    assert [(change.field, change.old, change.new) for change in changed if change.kind == "changed"] == [
        ("iban", "", "")
    ]


def test_what_is_entered_in_nmbrs_is_told_and_a_period_that_begins_is_not(small: Connected) -> None:
    first_read(small)
    company, made = company_of(small), next(small.sandbox.firm.companies())
    kinds = ("variable_wage_components", "fixed_wage_components")

    def told(days: int) -> set[tuple[str, int, Decimal | None, Decimal | None]]:
        """Read these kinds so many days later: kind, person, value before and value now of all that is told."""
        known = set(Change.objects.values_list("pk", flat=True))
        with time_machine.travel(NOON + timedelta(days=days), tick=True):
            sync_now(company, resource="current_period")
            for kind in kinds:
                plan = sync_now(company, resource=kind)
                assert set(plan.runs.values_list("status", flat=True)) == {"succeeded"}
        log = Change.objects.filter(resource__in=kinds).exclude(pk__in=known).select_related("employee")
        values = [tuple(Decimal(text) if text else None for text in (one.old, one.new)) for one in log]
        return {(one.resource, one.employee.remote_id, *value) for one, value in zip(log, values, strict=True)}

    def holding() -> dict[tuple[int, int], Decimal]:
        """The fixed components of the present period, by person and wage code."""
        return {
            (person.id, one.code): one.value
            for person in made.people
            for one in person.records.fixed_wages
            if one.start <= made.current and (one.end is None or made.current <= one.end)
        }

    assert told(0) == set()
    read = set(PersonFetch.objects.filter(resource=kinds[1]).values_list("employee__remote_id", flat=True))
    person = next(one for one in made.people if one.id in read)
    bonus = VariableComponent(small.sandbox.firm.next_id(), 1310, Decimal(5000), made.current)
    person.records.variable_wages.append(bonus)
    small.sandbox.forget_answers()
    assert told(1) == {(kinds[0], person.id, None, Decimal(5000))}
    assert told(2) == set()
    before, last = holding(), made.current
    small.sandbox.advance()
    assert made.current > last
    # One goes on with another amount, for which Nmbrs makes another record, and one stops.
    going = [
        (one.records.fixed_wages, row)
        for one in made.people
        if one.id in read
        for row in one.records.fixed_wages
        if row.start <= last and row.end is None
    ]
    (rows, raised), (_, stopped) = going[0], going[-1]
    raised.end = stopped.end = last
    new = {"id": small.sandbox.firm.next_id(), "value": raised.value + 5, "start": made.current, "end": None}
    rows.append(replace(raised, **new))
    small.sandbox.forget_answers()
    after = holding()
    expected = {
        (kinds[1], key[0], before.get(key), after.get(key))
        for key in {*before, *after}
        if before.get(key) != after.get(key) and key[0] in read
    }
    found = told(3)
    assert {one for one in found if one[0] == kinds[1]} == expected
    assert {(bool(old), bool(new)) for _kind, _person, old, new in expected} >= {(True, True), (True, False)}
    # What was entered for the last period alone is not gone, and what is entered for the new one came.
    assert all(old is None for kind, _person, old, _new in found if kind == kinds[0])
    assert told(4) == set()


def stored() -> dict[str, Any]:
    return {
        kind.name: list(kind.model.everything.order_by("pk").values_list("pk", "fingerprint", "last_changed"))
        for kind in KINDS
    }


def test_a_second_read_of_the_same_writes_nothing(small: Connected) -> None:
    read_everything(small)
    before = stored()
    with time_machine.travel(NOON + timedelta(hours=2), tick=True):
        read_everything(small)
    assert stored() == before
    assert not Change.objects.exists()
    assert all(before[kind.name] for kind in KINDS if kind.lane is Lane.FAST and kind.opt_in is None)


def test_a_new_key_of_hashes_reads_everything_once_more_and_changes_nothing(small: Connected, settings: Any) -> None:
    read_everything(small)

    def kept() -> dict[str, Any]:
        names = ("pk", "key", "first_seen", "last_changed", "missing_since")
        return {
            kind.name: list(
                kind.model.everything.order_by("pk").values_list(
                    *names, *({"valid_from", "valid_until"} & {column.name for column in kind.model._meta.fields})
                )
            )
            for kind in registry
        }

    before = kept()
    settings.HASH_KEY = "another key of hashes " * 3
    with time_machine.travel(NOON + timedelta(hours=2), tick=True):
        read_everything(small)
    assert kept() == before
    assert not Change.objects.exists()
    mark = key_mark("fingerprint")
    rows = [(kind, bytes(row.fingerprint)) for kind in registry for row in kind.model.everything.all()]
    old = {kind.name for kind, fingerprint in rows if not fingerprint.startswith(mark)}
    # What lies outside the window that is asked by now keeps the hash of the old key.
    windows = {kind.name for kind, _ in rows if any(loop.at_first for loop in kind.loops.values())}
    assert old - windows == set()
    assert len({kind.name for kind, _ in rows}) > 50
    texts = {row.bsn_fingerprint for row in models.BsnCheck.everything.exclude(bsn_fingerprint="")}
    assert {text[:8] for text in texts} == {key_mark("bsn").hex()}


def test_tables_are_those_of_the_room() -> None:
    declared = {kind.model for kind in resources.ALL}
    own = {models.UnmappedDossier}
    assert set(apps.get_app_config("employees").get_models()) == declared | own
