"""The panel of a client's page: what changed since the reader last looked."""

from typing import Any

from django.db.models import Count, Q, Window
from django.http import HttpRequest

from portal.dashboards.changes.looks import of_people
from portal.dashboards.changes.marking import box
from portal.dashboards.changes.rows import NEWEST, Group, of_client
from portal.dashboards.changes.told import tell
from portal.dashboards.changes.unseen import CAPABILITY
from portal.debtors.models import Debtor
from portal.mirror.models import Change


def new_of_client(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """The newest of the changes that the reader has not seen, how many there are, and the way to mark them.

    `read`: the kinds of record of people that it shows, for the trail.
    """
    rows: Any = of_client(Change.objects.visible_to(request.user, CAPABILITY), request.user, debtor.pk, Q(), None)
    newest = list(rows.annotate(all_of_them=Window(Count("pk")))[:NEWEST])
    count = newest[0].all_of_them if newest else 0
    told = tell(request.user, newest)
    group = Group(debtor.pk, str(debtor), "", count, told)
    return {"group": group, "read": set().union(*of_people(told).values()), **box(request)}
