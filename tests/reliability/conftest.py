"""An environment with a connection to an embedded Nmbrs at any address."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django_q.models import Schedule

from portal import clock
from portal.accounts.models import Firm
from portal.connections.models import Connection, Environment
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER

#: The schedule of the retention job, which has tests of its own.
RETENTION = "portal.privacy.tasks.nightly"


@pytest.fixture
def connect(firm: Firm) -> Callable[[str], Environment]:
    """`connect(url)`: the firm's environment, with the embedded Nmbrs' own credentials; it reads every kind."""

    def make(url: str) -> Environment:
        environment = Environment.objects.create(firm=firm, domain=DOMAIN)
        Connection.objects.create(environment=environment, host=url, user=USER, token=TOKEN, ceiling=140)
        for kind in OptIn:
            choose(environment.pk, kind, on=True)
        # A real cluster also removes what leavers are no longer kept for, which a reader would take for half an answer.
        Schedule.objects.filter(name=RETENTION).update(next_run=clock.now() + timedelta(days=1))
        return environment

    return make
