"""Payroll runs, who is in them, requests for them, and the payroll workflow of a period."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import CompanyPeriodFact, CompanyRun, RunMember


class Run(CompanyRun):
    """A payroll run. It covers `period_start` to `period_end` of one year; `locked` means final (nmbrs.md 5)."""

    number = models.IntegerField(_("run number"))
    year = models.PositiveSmallIntegerField(_("year"))
    period_start = models.PositiveSmallIntegerField(_("first period"))
    period_end = models.PositiveSmallIntegerField(_("last period"))
    description = models.CharField(_("description"), max_length=255, blank=True)
    run_at = models.DateTimeField(_("run on"), null=True)
    locked = models.BooleanField(_("locked"))

    class Meta(CompanyRun.Meta):
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-year", "-period_end", "-number", "pk"]
        indexes = [models.Index(fields=["company", "year", "period_end"], name="run_period")]

    def __str__(self) -> str:
        return f"{self.year} run {self.number}"


class RunEmployee(RunMember):
    """Somebody whose pay is in a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="people")

    class Meta(RunMember.Meta):
        verbose_name = _("person in a run")
        verbose_name_plural = _("people in runs")
        ordering = ["run", "employee__display_name", "pk"]
        indexes = [models.Index(fields=["company", "run"], name="runemployee_run")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.employee_id}"


class RequestStatus(models.TextChoices):
    """How far a request for a run is (RunRequestStatus)."""

    UNDEFINED = "Undefined", _("not set")
    PENDING = "Pending", _("waiting")
    HANDLED = "Handled", _("in hand")
    COMPLETE = "Complete", _("done")
    CANCELED = "Canceled", _("cancelled")


class RunRequest(CompanyPeriodFact):
    """The client asks the office for the run of a period."""

    status = models.CharField(_("status"), max_length=30, choices=RequestStatus.choices)
    handled_on = models.DateField(_("handled on"), null=True)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("run request")
        verbose_name_plural = _("run requests")
        ordering = ["-year", "-number", "pk"]

    def __str__(self) -> str:
        return f"{self.year}-{self.number} {self.status}"


class WorkflowAction(CompanyPeriodFact):
    """A step of a track of the payroll workflow. Tracks and steps have no public list: texts are as Nmbrs has them."""

    track = models.CharField(_("track"), max_length=60)
    track_status = models.CharField(_("status of the track"), max_length=60, blank=True)
    action_id = models.IntegerField(_("step number"))
    name = models.CharField(_("step"), max_length=255, blank=True)
    status_id = models.IntegerField(_("status number"))
    status = models.CharField(_("status"), max_length=60, blank=True)
    run_at = models.DateTimeField(_("done on"), null=True)

    class Meta(CompanyPeriodFact.Meta):
        verbose_name = _("step of the payroll workflow")
        verbose_name_plural = _("steps of the payroll workflow")
        ordering = ["-year", "-number", "action_id", "pk"]

    def __str__(self) -> str:
        return f"{self.track} {self.name}"
