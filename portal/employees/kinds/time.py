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

LEAVE = Listing(
    Leave,
    _("Leave"),
    (
        Shown(_("First day"), shown.day("valid_from")),
        Shown(_("Last day"), shown.day("end_date")),
        Shown(_("Built up or taken"), shown.choice("usage")),
        Shown(_("Kind of leave"), shown.choice("leave_type")),
        Shown(_("Status"), shown.choice("status")),
        Shown(_("Hours"), shown.figure("hours"), figure=True),
    ),
    order=("-valid_from", "-pk"),
)
