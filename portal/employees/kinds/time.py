"""How absence and leave are shown."""

from django.utils.translation import gettext_lazy as _

from portal.employees.kinds import shown
from portal.employees.kinds.shown import Kind, Listing, Shown
from portal.employees.models import Absence, Leave, LeaveBalance

ABSENCE = Kind(
    Absence,
    _("Absence"),
    "activity",
    (
        Shown(_("First day"), shown.day("valid_from")),
        Shown(_("Last day"), shown.end),
        Shown(_("Percentage"), shown.number("percentage")),
        Shown(_("Return-to-work clock"), shown.choice("clock")),
        Shown(_("Safety net"), shown.choice("safety_net")),
    ),
    chain=lambda row: str(row.dossier_number),
)

LEAVE_BALANCE = Kind(
    LeaveBalance,
    _("Leave balance"),
    "hourglass",
    (
        Shown(_("Hours at the start of the year"), shown.figure("opening")),
        Shown(_("Hours now"), shown.figure("current")),
    ),
)

_LEAVE_FIELDS = (
    Shown(_("First day"), shown.day("valid_from")),
    Shown(_("Last day"), shown.day("end_date")),
    Shown(_("Built up or taken"), shown.choice("usage")),
    Shown(_("Kind of leave"), shown.choice("leave_type")),
    Shown(_("Status"), shown.choice("status")),
    Shown(_("Hours"), shown.figure("hours"), figure=True),
)

#: Each stands alone: a day of leave says nothing of the one before it.
LEAVE_TAKEN = Kind(Leave, _("Leave"), "calendar", _LEAVE_FIELDS, chain=lambda row: str(row.pk), passing=True)

LEAVE = Listing(Leave, _("Leave"), _LEAVE_FIELDS, order=("-valid_from", "-pk"))
