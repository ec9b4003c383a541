"""Which companies a change of several is about: those that were ticked, or all of a filter."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy

from portal.accounts.roles import Capability
from portal.companies.models import Company
from portal.deadlines.filters import ArrangementFilter
from portal.ui import filtering

#: More than a person can have ticked.
TICKED_MOST = 500
STALE = gettext_lazy("The filter names something that is not there any more; nothing was changed.")


@dataclass(frozen=True)
class Covered:
    """Their keys in the order of their names. `is_stale`: the filter names something that is not there any more, so
    that nobody can say what was meant by all of it; none is covered then.
    """

    pks: list[int]
    takes_all: bool
    is_stale: bool = False


def covered(request: HttpRequest, query: QueryDict) -> Covered:
    """What a form is about that was posted from the list, `query` being the filter of that list."""
    if request.POST.get("covers") != "all":
        return Covered(of_keys(request, ticked(request.POST)), takes_all=False)
    filterset = ArrangementFilter(query, queryset=_all(request), request=request)
    if filtering.left_out(filterset):
        return Covered([], takes_all=True, is_stale=True)
    found: Any = filterset.qs
    return Covered(list(found.values_list("pk", flat=True)), takes_all=True)


def ticked(given: QueryDict) -> list[int]:
    """The keys that were posted as ticked; whose they are is not asked."""
    keys = given.getlist("company")[:TICKED_MOST]
    return [int(pk) for pk in keys if pk.isascii() and pk.isdecimal() and len(pk) < 19]


def of_keys(request: HttpRequest, pks: list[int]) -> list[int]:
    """Those of the companies that the person may change."""
    return list(_all(request).filter(pk__in=pks).values_list("pk", flat=True))


def told_apart(pks: list[int]) -> str:
    """What a page that asks sends back: another one for every other set of companies, also of the same number."""
    return sha256(",".join(map(str, sorted(pks))).encode()).hexdigest()


def filter_of(query: QueryDict) -> str:
    """The part of an address that is the filter of companies."""
    kept = query.copy()
    for name in list(kept):
        if name not in ArrangementFilter.base_filters or not kept.get(name):
            kept.pop(name)
    return kept.urlencode()


def _all(request: HttpRequest) -> "QuerySet[Company]":
    seen = Company.objects.visible_to(request.user, Capability.SET_DEADLINES)
    return seen.filter(debtor__missing_since__isnull=True).order_by("name", "pk")
