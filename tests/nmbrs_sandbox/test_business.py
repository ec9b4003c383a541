"""The environment of one employer: a single client."""

from datetime import date

import pytest

from portal.nmbrs.sandbox import Sandbox, SandboxProcess
from portal.nmbrs.sandbox.firm import build_firm
from tests.nmbrs_sandbox.test_program import TODAY, command
from tests.nmbrs_sandbox.wire import call


@pytest.mark.parametrize("kind", [Sandbox, SandboxProcess])
def test_it_has_exactly_one_client_and_is_the_same_in_all_else(kind: type[Sandbox] | type[SandboxProcess]) -> None:
    with kind(debtors=4, employees=3, seed=9, today=date(2026, 11, 22), business=True) as running:
        (debtor,) = running.firm.debtors
        assert call(running.url, "DebtorService", "List_GetAll").texts("Id") == [str(debtor.id)]
        listed = call(running.url, "CompanyService", "List_GetAll").texts("ID")
        assert listed == [str(company.id) for company in debtor.companies]
        assert running.firm.digest() == build_firm(1, 3, 9, TODAY).digest()
        assert call(running.url, "DebtorService", "Debtor_Get", {"DebtorId": debtor.id + 1}).status == 500


def test_the_command_has_it_as_an_option() -> None:
    with command("--business") as (_, url):
        assert len(call(url, "DebtorService", "List_GetAll").texts("Id")) == 1
    with command() as (_, url):
        assert len(call(url, "DebtorService", "List_GetAll").texts("Id")) == 2
