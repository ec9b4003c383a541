"""How debtors are read."""

from portal.debtors.models import Debtor
from portal.mirror.resource import Resource
from portal.source import Level, Soap

DEBTORS = Resource(
    name="debtors",
    model=Debtor,
    level=Level.ENVIRONMENT,
    key=("remote_id",),
    soap=Soap(
        "List_GetAll",
        service="DebtorService",
        rows="Debtor",
        fields={"remote_id": "Id", "number": "Number", "name": "Name"},
    ),
)
