"""What Nmbrs may not have at all: that it does not come is shown, but is no failure of the sync."""

from django.db.models import Q

from portal.mirror.resource import registry
from portal.sync.models import Status


def tolerated() -> Q:
    """Runs of uncertain kinds that Nmbrs did not give."""
    return Q(
        status__in=[Status.FAILED, Status.NOT_PERMITTED],
        resource__in=[kind.name for kind in registry if kind.uncertain],
    )
