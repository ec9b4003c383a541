"""Who somebody is and where they live; partner and children; whether the BSN is right."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import EmployeeHistory, EmployeeInterval


class PersonalInfo(EmployeeHistory):
    """Name, birth date and work contact of a person. What privacy.md section 5 leaves out is not mirrored."""

    start_year = models.PositiveSmallIntegerField()
    start_period = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=60, blank=True)
    first_name = models.CharField(_("first name"), max_length=120, blank=True)
    initials = models.CharField(_("initials"), max_length=30, blank=True)
    prefix = models.CharField(_("prefix"), max_length=30, blank=True)
    last_name = models.CharField(_("last name"), max_length=120, blank=True)
    birthday = models.DateField(_("date of birth"), null=True)
    phone_work = models.CharField(_("telephone at work"), max_length=60, blank=True)
    mobile_work = models.CharField(_("mobile telephone at work"), max_length=60, blank=True)
    email_work = models.CharField(_("e-mail address at work"), max_length=254, blank=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("personal information")
        verbose_name_plural = _("personal information")


class AddressType(models.TextChoices):
    HOME = "HomeAddress", _("home address")
    POST = "PostAddress", _("postal address")
    ABSENCE = "AbsenceAddress", _("address during absence")
    HOLIDAYS = "HolidaysAddress", _("holiday address")
    WEEKEND = "WeekendAddress", _("weekend address")


class Address(EmployeeHistory):
    """An address of a person; one chain per address type."""

    address_type = models.CharField(_("kind of address"), max_length=30, choices=AddressType.choices)
    start_year = models.PositiveSmallIntegerField()
    start_period = models.PositiveSmallIntegerField()
    street = models.CharField(_("street"), max_length=255, blank=True)
    house_number = models.CharField(_("house number"), max_length=30, blank=True)
    addition = models.CharField(_("addition"), max_length=30, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=10, blank=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("address")
        verbose_name_plural = _("addresses")


class BsnStatus(models.TextChoices):
    """What the 11-test says of a BSN."""

    MISSING = "missing", _("missing")
    INVALID = "invalid", _("not a valid number")
    VALID = "valid", _("valid")


class BsnCheck(EmployeeHistory):
    """Whether the BSN of a personal record is there and right. The number itself is never stored (privacy.md D1).

    `bsn_fingerprint` is a keyed hash of a valid number: equal ones mean the same human being. Never shown.
    """

    start_year = models.PositiveSmallIntegerField()
    start_period = models.PositiveSmallIntegerField()
    status = models.CharField(_("BSN"), max_length=10, choices=BsnStatus.choices)
    bsn_fingerprint = models.CharField(max_length=32, blank=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("BSN check")
        verbose_name_plural = _("BSN checks")


class Partner(EmployeeInterval):
    """The partner as Nmbrs has it now: the days that rules need, no name and no contact (privacy.md 5)."""

    birthday = models.DateField(_("date of birth"), null=True)
    partner_since = models.DateField(_("partner since"), null=True)

    class Meta(EmployeeInterval.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")


class Child(EmployeeInterval):
    """A child as Nmbrs has it now."""

    first_name = models.CharField(_("first name"), max_length=120, blank=True)
    birthday = models.DateField(_("date of birth"), null=True)

    class Meta(EmployeeInterval.Meta):
        verbose_name = _("child")
        verbose_name_plural = _("children")
