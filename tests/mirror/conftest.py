"""What tests of the engine share."""

import pytest

from portal.accounts.models import Firm
from tests.factories import make_company, make_debtor, make_environment, make_person
from tests.mirror.places import Place


@pytest.fixture
def place(firm: Firm) -> Place:
    """A company with two people."""
    company = make_company(make_debtor(make_environment(firm)))
    return Place(company, [make_person(company), make_person(company)])
