"""What journals come to on cost, worked out anew after a firm chose other accounts; from the lines that are here, so
without any call.

Until it has ended for every company `CostAccounts.recounting` is set, and pages show no wage cost of the firm in place
of a mix. A company's row is locked while it is worked out, so a publish that began under the former choice has ended.
"""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef

from portal.companies import booked
from portal.companies.models import BookedCost, Company, CostAccounts
from portal.jobs.queue import enqueue, scrubbed
from portal.mirror.resource import registry

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Up to so many companies it is done at once, while the person waits.
AT_ONCE = 20
#: How long a worker may take: about a tenth of a second for a company.
SECONDS = 3600
_TASK = "portal.companies.recounting.recount"


def begin(firm_id: int) -> None:
    """Work out what is kept of the firm's journals: at once where that is little, else by a worker. Call it after the
    transaction of the choice."""
    if _companies(firm_id).count() <= AT_ONCE:
        _recount(firm_id)
    else:
        enqueue(_TASK, firm_id, seconds=SECONDS)


@scrubbed
def recount(firm_id: int) -> None:
    """What a worker does for one firm."""
    _recount(firm_id)


@scrubbed
def catch_up() -> None:
    """Go on with what a worker that ended has left."""
    for firm_id in CostAccounts.objects.filter(recounting=True).values_list("firm", flat=True):
        _recount(firm_id)


def _recount(firm_id: int) -> None:
    versions = CostAccounts.objects.filter(firm=firm_id, recounting=True).values_list("version", flat=True)
    for version in versions:
        for company in _companies(firm_id).values_list("pk", flat=True):
            with transaction.atomic():
                registry.lock_company(company)
                booked.rewrite(company)
        # Not where another choice was made meanwhile: that one is worked out by itself.
        CostAccounts.objects.filter(firm=firm_id, version=version).update(recounting=False)


def _companies(firm_id: int) -> "QuerySet[Company]":
    """Those with anything kept, whether Nmbrs still has them or not."""
    kept = BookedCost.objects.filter(company=OuterRef("pk"))
    return Company.everything.filter(Exists(kept), environment__firm=firm_id).order_by("pk")
