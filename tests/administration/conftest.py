"""Two offices, and the administrator of the first at the pages."""

import pytest
from django.test import Client as Browser

from portal.accounts.models import User
from tests.accounts.office import Office, make_office


@pytest.fixture
def office(db) -> Office:
    return make_office("one", "abc")


@pytest.fixture
def other(db) -> Office:
    return make_office("two", "x")


@pytest.fixture
def boss(office, client) -> Browser:
    User.objects.filter(pk=office.administrator.pk).update(language="en")
    client.force_login(office.administrator)
    return client
