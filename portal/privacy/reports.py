"""What retention removed, for the people of some offices."""

from collections.abc import Collection

from django.db.models import Prefetch, Q

from portal.privacy.models import RetentionCount, RetentionRun


def latest_runs(firms: Collection[int], limit: int) -> list[RetentionRun]:
    """The last runs, each with `mine`: its counts of these firms and of the installation."""
    mine = RetentionCount.objects.filter(Q(firm__in=firms) | Q(firm=None)).select_related("firm").order_by("pk")
    return list(RetentionRun.objects.prefetch_related(Prefetch("counts", mine, to_attr="mine"))[:limit])
