"""Two offices, and the administrator of the first at the pages; and the world of two firms with its reader."""

import pytest
from django.test import Client as Browser

from portal.accounts.models import User
from tests.accounts.office import Office, make_office
from tests.administration import two_firms


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


@pytest.fixture
def world(db, settings) -> two_firms.TwoFirms:
    settings.SIGN_ON_ISSUERS = [two_firms.ISSUER]
    return two_firms.build()


@pytest.fixture
def browser(world) -> Browser:
    """Of somebody who administers the first firm of the world and only reads the second."""
    return two_firms.signed_in(world.boss)
