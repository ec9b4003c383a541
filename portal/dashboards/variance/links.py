"""Addresses inside a comparison: everything else stays as it is asked for."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.http import urlencode

from portal.dashboards.variance.sides import BEFORE, NOW, Pair

#: The parameters of the level, and the word for rows of single people.
LEVEL, EMPLOYEE, BY_EMPLOYEE = "level", "employee", "employee"
#: What a link to another level keeps.
_KEPT = ("notable", "large", "per_page")


@dataclass(frozen=True)
class Links:
    """Ways from one level to another, with the same two sides and bands."""

    request: HttpRequest
    pair: Pair

    def components(self) -> str:
        """Every component of everybody."""
        return self._to()

    def people(self) -> str:
        """Person by person."""
        return self._to(**{LEVEL: BY_EMPLOYEE})

    def component(self, code: int) -> str:
        """The people who have one component."""
        return self._to(**{LEVEL: BY_EMPLOYEE, "code": str(code)})

    def person(self, pk: int) -> str:
        """The components of one person."""
        return self._to(**{EMPLOYEE: str(pk)})

    def swapped(self) -> str:
        """The same with its sides exchanged."""
        query = self.request.GET.copy()
        query.pop("page", None)
        query[NOW], query[BEFORE] = self.pair.before.key, self.pair.now.key
        return f"{self.request.path}?{query.urlencode()}"

    def _to(self, **more: str) -> str:
        kept = {name: self.request.GET[name] for name in _KEPT if self.request.GET.get(name)}
        query = {NOW: self.pair.now.key, BEFORE: self.pair.before.key, **more, **kept}
        return f"{self.request.path}?{urlencode(query)}"
