"""What the panel of a client's data is made of: nothing of a client that its reader does not see, whoever asks."""

from datetime import date

import pytest

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.debtors import freshness, panels
from portal.debtors.models import DebtorBankAccount, DebtorTag
from tests.accounts.office import Office, give, make_office, somebody_new
from tests.factories import SEEN, fetched_everything, mirrored

pytestmark = pytest.mark.pages


@pytest.fixture
def office(db: None) -> Office:
    """An office with a client that has a tag and a bank account."""
    made = make_office("one", "a")
    own = {"debtor": made.clients["a"].debtor, "valid_from": date(2026, 1, 1)}
    mirrored(DebtorTag, made.environment, number=1, text="Tag", **own)
    mirrored(DebtorBankAccount, made.environment, **own)
    fetched_everything(made.clients["a"].debtor)
    return made


def test_how_old_the_data_of_a_client_is_is_told_to_who_sees_it(office: Office, stranger: User) -> None:
    debtor = office.clients["a"].debtor
    told = [freshness.of_kinds(user, debtor, ["debtor_tags"]) for user in (office.administrator, stranger)]
    assert [summary.oldest for summary in told] == [SEEN, None]
    assert [summary.ever for summary in told] == [True, False]


def test_panels_show_the_facts_of_a_client_that_one_sees(office: Office, stranger: User) -> None:
    reader = somebody_new("reader")
    give(reader, office, Role.CLIENT_USER, "a")
    debtor, facts = office.clients["a"].debtor.pk, {"models": (DebtorTag, DebtorBankAccount), "day": date(2026, 11, 20)}
    shown = [len(panels._in_force(user, debtor, **facts)) for user in (office.administrator, stranger, reader)]
    assert shown == [2, 0, 0]
