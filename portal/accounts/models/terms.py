"""Rights that begin and end by themselves."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.clock import now

T = TypeVar("T", bound=models.Model)


def in_force(prefix: str = "", moment: datetime | None = None) -> Q:
    """The condition under which the right at the end of `prefix` ("team__", …) is in force then; None: now."""
    moment = moment or now()
    return (Q(**{f"{prefix}starts__isnull": True}) | Q(**{f"{prefix}starts__lte": moment})) & (
        Q(**{f"{prefix}ends__isnull": True}) | Q(**{f"{prefix}ends__gt": moment})
    )


def not_over(prefix: str = "") -> Q:
    """The condition under which the right at the end of `prefix` has not ended: it counts now, or begins later."""
    return Q(**{f"{prefix}ends__isnull": True}) | Q(**{f"{prefix}ends__gt": now()})


class TermQuerySet(models.QuerySet[T]):
    """Rights with a term. Nothing has to run for one to end: every question compares with the clock."""

    def in_force(self, moment: datetime | None = None) -> Self:
        """Those that have begun and have not ended then; None: now."""
        return self.filter(in_force(moment=moment))


class Term(models.Model):
    """`[starts, ends)`; empty: from always, for good."""

    starts = models.DateTimeField(_("from"), null=True, blank=True)
    ends = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def has_ended(self) -> bool:
        """Whether its time is over."""
        return self.ends is not None and self.ends <= now()

    @property
    def is_in_force(self) -> bool:
        """Whether it counts at this moment."""
        return (self.starts is None or self.starts <= now()) and not self.has_ended


def ends_after_start(name: str) -> models.CheckConstraint:
    """The rule of the database that a term is not turned round."""
    return models.CheckConstraint(
        condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gt=models.F("starts")), name=name
    )
