"""From a stored connection to an open source: the only place that chooses a protocol."""

from typing import TYPE_CHECKING

from django.conf import settings

from portal.nmbrs.soap import SoapSource
from portal.nmbrs.throttle import Budget, FileStore
from portal.source import Source

if TYPE_CHECKING:
    from portal.connections.models import Connection


def open_source(connection: "Connection") -> Source:
    """The source behind `connection`. Opens no socket by itself; close it after use.

    The call budget is one file per environment, shared by every process of this machine.
    """
    return open_soap(
        host=connection.host,
        user=connection.user,
        token=connection.token,
        domain=connection.environment.domain,
        budget_name=f"environment-{connection.environment_id}",
        ceiling=connection.ceiling,
    )


def open_soap(*, host: str, user: str, token: str, domain: str, budget_name: str, ceiling: int) -> SoapSource:
    """A SOAP source for credentials that need not be stored yet. `ceiling` is calls a second."""
    return SoapSource(
        host=host,
        user=user,
        token=token,
        domain=domain,
        budget=Budget(
            FileStore(settings.VAR_DIR / "budget" / budget_name), ceiling=ceiling, fixed=settings.NMBRS_FIXED_RATE
        ),
        allowed_hosts=settings.NMBRS_HOSTS,
        wsdl_folder=settings.VAR_DIR / "wsdl",
    )
