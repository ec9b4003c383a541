"""Why data was not renewed, in plain words: what happened, and what to do about it.

The keys are the kinds that are stored with Freshness: those of a SourceError, and those of the engine itself.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Fault:
    """One kind of error for the reader of a page. The old data always stays; pages say so once."""

    happened: "_StrPromise"
    to_do: "_StrPromise"


FAULTS = {
    "unavailable": Fault(
        _("Nmbrs could not be reached or did not answer in time."),
        _("Nothing to do now: the next sync tries again. If it lasts, look at the status page of Nmbrs."),
    ),
    "malformed": Fault(
        _("The answer of Nmbrs was cut off or could not be read."),
        _("Resync. If it comes back, report it to whoever runs this portal."),
    ),
    "too_large": Fault(
        _("The answer of Nmbrs was larger than this portal accepts."),
        _("Report it to whoever runs this portal."),
    ),
    "credentials": Fault(
        _("Nmbrs refused the user, the token or the domain of the connection."),
        _("Ask an administrator to enter a new API token for this connection."),
    ),
    "disabled": Fault(
        _("Nmbrs has disabled this environment, or it has no valid subscription."),
        _("Ask the owner of the Nmbrs environment to enable it."),
    ),
    "not_permitted": Fault(
        _("The API user in Nmbrs may not read this."),
        _("Ask the owner of the API user to allow it in Nmbrs."),
    ),
    "schema": Fault(
        _("The answer of Nmbrs lacks a field that it always had."),
        _("Report it to whoever runs this portal: Nmbrs may have changed its interface."),
    ),
    "unsupported": Fault(
        _("This connection has no way to read this kind of data."),
        _("Nothing to do: it comes with another kind of connection."),
    ),
    "host": Fault(
        _("The address of the connection is not allowed, or it redirects elsewhere."),
        _("Ask an administrator to check the address of the connection."),
    ),
    "report": Fault(
        _("Nmbrs could not make the report that this is read from."),
        _("Nothing to do now: the next sync asks for it again. If it lasts, report it to the support of Nmbrs."),
    ),
    "unknown_fault": Fault(
        _("Nmbrs answered with an error that this portal does not know."),
        _("Resync. If it comes back, report it with the code to whoever runs this portal."),
    ),
    "parents_missing": Fault(
        _("This could not be read, because something it belongs to was never fetched."),
        _("Resync everything that this is a part of: it is then read in the right order."),
    ),
    "held": Fault(
        _("The last answer of Nmbrs would remove far more than usual, so it waits for a person."),
        _("Look in Nmbrs whether they are really gone. If so, accept the answer; if not, leave it."),
    ),
    "parked": Fault(
        _("Several attempts ended without a result, so no more are made."),
        _("Resync. If it comes back, report it to whoever runs this portal."),
    ),
    "wrong_scope": Fault(
        _("Nmbrs answered about another company or client than was asked about. Nothing of it was stored."),
        _("Nothing to do if the next sync succeeds. If it comes back, tell the support of Nmbrs."),
    ),
    "disk_full": Fault(
        _("The disk of this portal is full, so what Nmbrs answered could not be stored."),
        _("Ask whoever runs this portal to free space on its disk. Then resync, or wait for the next night."),
    ),
    "internal": Fault(
        _("This portal itself failed on the answer of Nmbrs."),
        _("Report it to whoever runs this portal. The page of the sync names the place in the log."),
    ),
}


def explain(kind: str) -> Fault:
    """The words for an error kind; kinds of ours that are not listed read as an unknown fault."""
    return FAULTS.get(kind, FAULTS["unknown_fault"])
