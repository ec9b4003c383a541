"""By which GUIDs the REST API knows a debtor, a company and its people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import CompanyRow


class Entity(models.TextChoices):
    """What Nmbrs converts ids of (entities_of_the_id_converter in enumerations.yaml)."""

    DEBTOR = "Debtor", _("debtor")
    COMPANY = "Company", _("company")
    EMPLOYEE = "Employee", _("employee")


class CompanyGuid(CompanyRow):
    """A pair of ids that Nmbrs gave for a company. Also of people who are not mirrored: nothing but the two ids."""

    entity = models.CharField(_("kind of record"), max_length=20, choices=Entity.choices)
    remote_guid = models.UUIDField(_("GUID"))

    class Meta(CompanyRow.Meta):
        verbose_name = _("id in Nmbrs")
        verbose_name_plural = _("ids in Nmbrs")
        ordering = ["entity", "remote_id"]
        indexes = [models.Index(fields=["environment", "entity", "remote_id"], name="companyguid_remote")]

    def __str__(self) -> str:
        return f"{self.entity} {self.remote_id} {self.remote_guid}"
