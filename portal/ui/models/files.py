"""Files that are made of lists."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.clock import now


class ExportStatus(models.TextChoices):
    """How far a file is."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being made")
    DONE = "done", _("ready")
    CANCELLED = "cancelled", _("stopped")
    REFUSED = "refused", _("refused: you may not see this list or take it out any more")
    TOO_LARGE = "too_large", _("refused: too many rows for this kind of file")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("removed, as every file after a day")


class ExportFormat(models.TextChoices):
    """A kind of file."""

    XLSX = "xlsx", _("Excel (XLSX)")
    CSV = "csv", _("CSV")
    PDF = "pdf", _("PDF")


#: What counts against the number of files that a person may have made at once.
UNFINISHED = (ExportStatus.WAITING, ExportStatus.RUNNING)


class ExportQuerySet(models.QuerySet["Export"]):
    """Files, and the door to them: nobody reads another person's."""

    def visible_to(self, user: object) -> "ExportQuerySet":
        """The person's own files."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self.filter(user=user)


class Export(models.Model):
    """A file that was asked for of a list: who asked, of which list with which filter, and how far it is.

    The task gets the primary key of this row and nothing else. It asks anew what `user` may see.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    #: Path and query of the list: its scope, filters, order and columns.
    path = models.CharField(max_length=300)
    query = models.CharField(max_length=4000, blank=True)
    title = models.CharField(max_length=200)
    format = models.CharField(max_length=4, choices=ExportFormat.choices)
    language = models.CharField(max_length=2)
    #: Where it was asked from, for the audit trail.
    address = models.CharField(max_length=45, blank=True)
    #: What the person might take out when it was made (portal.ui.exports.scope).
    scope = models.JSONField(default=dict)
    #: Made in the answer to the request itself; the row then only counts, and goes with the answer.
    direct = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=ExportStatus.choices, default=ExportStatus.WAITING)
    rows = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(default=now)
    #: The last sign of life of the work.
    beat = models.DateTimeField(default=now)
    finished = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)
    #: Name of the file in its folder: random, and never in an address.
    file = models.CharField(max_length=64, blank=True)

    objects = models.Manager.from_queryset(ExportQuerySet)()

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [
            models.Index(fields=["user", "status"], name="export_of_user"),
            models.Index(fields=["status", "beat"], name="export_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.format} {self.status}"


def claimed(pk: int) -> Export | None:
    """The file to make, if it still waits; from then on it is the caller's."""
    waiting = Export.objects.filter(pk=pk, status=ExportStatus.WAITING)
    if not waiting.update(status=ExportStatus.RUNNING, beat=now()):
        return None
    return Export.objects.select_related("user").get(pk=pk)


def left_behind(after: timedelta) -> list[int]:
    """The files that wait although a worker was woken for them so long ago; from now on they wait anew."""
    waiting = Export.objects.filter(status=ExportStatus.WAITING, beat__lt=now() - after)
    found = list(waiting.values_list("pk", flat=True))
    waiting.filter(pk__in=found).update(beat=now())
    return found


def given_up(silence: timedelta) -> list[str]:
    """End the work that gives no sign of life any more. Returns the names of its files."""
    at = now()
    silent = Export.objects.filter(status=ExportStatus.RUNNING, beat__lt=at - silence)
    silent.filter(direct=True).delete()
    return _ended(silent, ExportStatus.FAILED, at)


def end_all_of(user: User) -> list[str]:
    """Stop what is being made for a person and end what they have not fetched. Returns the names of its files."""
    own = Export.objects.filter(user=user, direct=False)
    # The name of a file that is being written stays: the work removes it with its next sign of life, or the sweep.
    own.filter(status__in=UNFINISHED).update(status=ExportStatus.CANCELLED, finished=now())
    return _ended(own.filter(status=ExportStatus.DONE), ExportStatus.CANCELLED, None)


def people_with_files() -> "models.QuerySet[User]":
    """Everybody for whom a file is being made or waits to be fetched."""
    waiting = Export.objects.filter(status__in=(*UNFINISHED, ExportStatus.DONE), direct=False)
    return User.objects.filter(pk__in=waiting.order_by().values("user"))


def expired() -> list[str]:
    """End the files that may no longer be fetched, and those that were stopped. Returns the names of their files."""
    at = now()
    stopped = Export.objects.filter(status=ExportStatus.CANCELLED).exclude(file="")
    names = _ended(Export.objects.filter(status=ExportStatus.DONE, expires__lte=at), ExportStatus.EXPIRED, None)
    return names + _ended(stopped, ExportStatus.CANCELLED, None)


def forget(after: timedelta) -> None:
    """Nothing is told any more of what ended so long ago."""
    Export.objects.filter(finished__lt=now() - after, file="").delete()


def _ended(rows: "models.QuerySet[Export]", status: ExportStatus, finished: datetime | None) -> list[str]:
    found = list(rows.values_list("pk", "file"))
    values = {"status": status, "file": "", **({"finished": finished} if finished else {})}
    Export.objects.filter(pk__in=[pk for pk, _name in found]).update(**values)
    return [name for _pk, name in found if name]
