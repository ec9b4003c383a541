"""How what belongs to one period is shown."""

from django.utils.translation import gettext_lazy as _

from portal.employees.kinds import shown
from portal.employees.kinds.shown import Listing, Shown
from portal.employees.models import CostShare, FixedHours, FixedWage, LeaseCar, VariableHours, VariableWage

#: What a code means is not in the record: whoever reads the rows gives each a `code_description`.
_HOURS = (
    Shown(_("Hour code"), shown.coded("code", "code_description")),
    Shown(_("Hours"), shown.figure("hours"), figure=True),
)
_WAGE = (
    Shown(_("Wage code"), shown.coded("code", "code_description")),
    Shown(_("Value"), shown.figure("value"), figure=True),
)
_BY_CODE = ("code", "pk")

LISTINGS: tuple[Listing, ...] = (
    Listing(FixedWage, _("Fixed wage components"), _WAGE, _BY_CODE, term="fixed_component"),
    Listing(VariableWage, _("Variable wage components"), _WAGE, _BY_CODE, term="variable_component"),
    Listing(FixedHours, _("Fixed hours"), _HOURS, _BY_CODE, term="hour_code"),
    Listing(VariableHours, _("Variable hours"), _HOURS, _BY_CODE),
    Listing(
        CostShare,
        _("Cost centres"),
        (
            Shown(_("Cost centre"), shown.coded("center_code", "center_description")),
            Shown(_("Cost unit"), shown.coded("unit_code", "unit_description")),
            Shown(_("Standard"), shown.yes_or_no("is_default")),
            Shown(_("Percentage"), shown.figure("percentage"), figure=True),
        ),
        ("center_code", "pk"),
        term="cost_centre",
    ),
    Listing(
        LeaseCar,
        _("Lease cars"),
        (
            Shown(_("Brand"), shown.text("brand")),
            Shown(_("Model"), shown.text("car_model")),
            Shown(_("Licence plate"), shown.text("plate")),
            Shown(_("First day"), shown.day("first_day")),
            Shown(_("Last day"), shown.day("last_day")),
            Shown(_("Addition %"), shown.text("addition"), figure=True),
            Shown(_("Catalogue value"), shown.money("catalogue_value"), figure=True),
            Shown(_("Own contribution"), shown.money("contribution"), figure=True),
        ),
        ("first_day", "pk"),
    ),
)
