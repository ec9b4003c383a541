"""Kinds of absence dossier that the table of absence types does not know yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.connections.models import Environment


class UnmappedDossier(models.Model):
    """A text that Nmbrs gave as the kind of an absence's dossier and that says nothing to us (privacy.md 3.3).

    Kept for a whole environment and never beside a person, company or absence: whoever adds it to the table needs the
    words alone. `times` counts the records read with it, one that is read anew once more.
    """

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(_("kind of dossier in Nmbrs"), max_length=80)
    times = models.PositiveIntegerField(_("times read"))
    last_seen = models.DateTimeField(_("last seen"))

    objects = models.Manager.from_queryset(ScopedQuerySet["UnmappedDossier"])()
    scope_paths = ScopePaths(firm="environment__firm")

    class Meta:
        verbose_name = _("unknown kind of dossier")
        verbose_name_plural = _("unknown kinds of dossier")
        ordering = ["text", "pk"]
        constraints = [models.UniqueConstraint(fields=["environment", "text"], name="unmapped_dossier_once")]

    def __str__(self) -> str:
        return self.text
