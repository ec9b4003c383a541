"""Debtor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopePaths
from portal.mirror.models import MirrorRow


class Debtor(MirrorRow):
    """A client of the firm. Its number is a free text chosen by the office, not a key (nmbrs.md 2)."""

    number = models.CharField(_("number"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=255, blank=True)

    scope_paths = ScopePaths(firm="environment__firm", debtor="pk")

    class Meta(MirrorRow.Meta):
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or self.number
