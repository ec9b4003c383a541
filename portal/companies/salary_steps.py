"""Steps of the salary table go with their scale: nobody can ask Nmbrs for the steps of a scale that it lacks."""

from typing import Any

from django.db.models import Exists, OuterRef

from portal import clock
from portal.companies.models import CompanySalaryScale, CompanySalaryStep


def leave_with_their_scale(company_id: int, since: Any) -> None:
    """Steps whose scale is missing count as missing too. Inside the transaction that published the scales.

    When the scale is back its row has changed, so that its steps are asked for.
    """
    same = {name: OuterRef(name) for name in ("company", "year", "number", "scale")}
    left = CompanySalaryStep.objects.filter(~Exists(CompanySalaryScale.objects.filter(**same)), company=company_id)
    now = clock.now()
    left.update(missing_since=now, last_changed=now)
