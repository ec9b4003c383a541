"""Names of fields and tables in the reader's language, also of those that no page shows under a name of their own."""

from typing import TYPE_CHECKING

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.mirror.models import MirrorRow

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FIELDS: dict[str, "_StrPromise"] = {
    "start_year": gettext_lazy("from year"),
    "start_period": gettext_lazy("from period"),
    "function_id": gettext_lazy("id of the function in Nmbrs"),
    "run": gettext_lazy("run"),
    "employee_type": gettext_lazy("employee type"),
    "employee_type_id": gettext_lazy("employee type"),
}
#: Tables of the portal itself that can go with a client.
_TABLES: dict[str, "_StrPromise"] = {
    "accounts.Membership": gettext_lazy("access of people"),
    "accounts.Switch": gettext_lazy("switches of client users"),
    "accounts.Invitation": gettext_lazy("invitations"),
    "accounts.TeamDebtor": gettext_lazy("clients of teams"),
    "accounts.AccessRequest": gettext_lazy("requests for access"),
    "mirror.Freshness": gettext_lazy("when each kind was read"),
    "mirror.PersonFetch": gettext_lazy("when each person was read"),
    "mirror.Change": gettext_lazy("change log"),
    "mirror.Quarantine": gettext_lazy("records that could not be read"),
    "sync.SyncPlan": gettext_lazy("syncs"),
    "sync.SyncRun": gettext_lazy("sync runs"),
    "sync.SyncRun_plans": gettext_lazy("sync runs of syncs"),
    "companies.BookedCost": gettext_lazy("figures by period"),
    "companies.Snapshot": gettext_lazy("figures by period"),
    "companies.TotalsInterval": gettext_lazy("figures by period"),
    "companies.PeriodSeen": gettext_lazy("current periods one after another"),
    "deadlines.Arrangement": gettext_lazy("agreements about dates"),
    "deadlines.MovedDate": gettext_lazy("moved dates"),
    "deadlines.Deadline": gettext_lazy("deadlines"),
    "deadlines.PeriodState": gettext_lazy("how far each period is"),
    "deadlines.CalendarFeed": gettext_lazy("calendar addresses of this client"),
    "dashboards.ChangesSeen": gettext_lazy("what people have seen of the change log"),
    "privacy.Agreement": gettext_lazy("agreements"),
    "search.Entry": gettext_lazy("search index"),
    "search.Opened": gettext_lazy("what people opened lately"),
    "privacy.RetentionTerm": gettext_lazy("terms of the client's own"),
    "privacy.LegalHold": gettext_lazy("legal holds"),
}


def label_of(model: type[Model], name: str) -> str:
    """A field, as a person would call it."""
    if name in _FIELDS:
        return str(_FIELDS[name])
    plain = name.removesuffix("2")
    if plain in _DAYS:
        day = str(WEEKDAYS[_DAYS.index(plain)])
        return day if plain == name else _("%(day)s of the second week") % {"day": day}
    try:
        return str(getattr(model._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name


def table_of(label: str) -> str:
    """A table by its model's label, plural."""
    if label in _TABLES:
        return capfirst(str(_TABLES[label]))
    model = apps.get_model(label)
    own = model.resource.label if issubclass(model, MirrorRow) and hasattr(model, "resource") else None
    return capfirst(str(own or model._meta.verbose_name_plural))
