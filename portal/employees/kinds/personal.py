"""How somebody's person and home are shown."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.employees.kinds import shown
from portal.employees.kinds.shown import Kind, Shown
from portal.employees.models import Address, BsnCheck, Child, Partner, PersonalInfo
from portal.ui import markup


def _street(row: Address) -> SafeString:
    return markup.words(" ".join(part for part in (row.street, row.house_number, row.addition) if part))


def _place(row: Address) -> SafeString:
    return markup.words(" ".join(part for part in (row.postal_code, row.city) if part))


PERSONAL = Kind(
    PersonalInfo,
    _("Personal"),
    "user",
    (
        Shown(_("Title"), shown.text("title")),
        Shown(_("First name"), shown.text("first_name")),
        Shown(_("Initials"), shown.text("initials")),
        Shown(_("Prefix"), shown.text("prefix")),
        Shown(_("Last name"), shown.text("last_name")),
        Shown(_("Date of birth"), shown.day("birthday")),
        Shown(_("Telephone at work"), shown.text("phone_work")),
        Shown(_("Mobile telephone at work"), shown.text("mobile_work")),
        Shown(_("E-mail address at work"), shown.text("email_work")),
    ),
)

ADDRESS = Kind(
    Address,
    _("Address"),
    "map-pin",
    (
        Shown(_("Kind of address"), shown.choice("address_type")),
        Shown(_("Street"), _street),
        Shown(_("Place"), _place),
        Shown(_("Region"), shown.text("region")),
        Shown(_("Country"), shown.text("country")),
    ),
    chain=lambda row: str(row.address_type),
)

BSN_CHECK = Kind(BsnCheck, _("BSN check"), "check", (Shown(_("BSN"), shown.choice("status")),))

PARTNER = Kind(
    Partner,
    _("Partner"),
    "users",
    (
        Shown(_("Date of birth"), shown.day("birthday")),
        Shown(_("Partner since"), shown.day("partner_since")),
    ),
)

CHILD = Kind(
    Child,
    _("Child"),
    "user-plus",
    (Shown(_("First name"), shown.text("first_name")), Shown(_("Date of birth"), shown.day("birthday"))),
    chain=lambda row: str(row.remote_id),
)
