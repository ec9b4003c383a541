"""The third step: which clients are read first."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.accounts.roles import Capability
from portal.administration.acts import posted
from portal.administration.first_start.steps import LISTS, Standing, standing
from portal.connections import first_start
from portal.connections.wording import by_reader
from portal.debtors.models import Debtor
from portal.jobs.health import worker_alive
from portal.sync import figures, live
from portal.sync.models import SyncPlan
from portal.sync.timetable import next_nightly

#: More clients than this are quicker read all together.
MOST = 25
ALL, SOME = "all", "some"


class ClientsForm(forms.Form):
    """All clients, or a few to begin with."""

    which = forms.ChoiceField(
        label=by_reader(gettext_lazy("Which clients are read first"), gettext_lazy("What is read first")),
        choices=[
            (ALL, by_reader(gettext_lazy("All clients"), gettext_lazy("Everything"))),
            (SOME, gettext_lazy("Only these to begin with")),
        ],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    debtors: Any = forms.ModelMultipleChoiceField(
        None,
        label=by_reader(gettext_lazy("Clients"), gettext_lazy("Organisations")),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Debtor.objects.visible_to(standing.user, Capability.RESYNC_FIRM)
        debtors: Any = self.fields["debtors"]
        debtors.queryset = known.filter(environment=standing.environment).order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        """Whoever begins with a few says which, and names no more than MOST."""
        given = super().clean() or self.cleaned_data
        chosen = given.get("debtors")
        if given.get("which") == SOME and chosen is not None:
            if not chosen:
                said = by_reader(
                    _("Choose at least one client, or all of them."), _("Choose at least one, or everything.")
                )
                self.add_error("debtors", str(said))
            elif len(chosen) > MOST:
                said = by_reader(
                    _("Choose at most %(count)s clients to begin with, or all of them."),
                    _("Choose at most %(count)s to begin with, or everything."),
                )
                self.add_error("debtors", str(said) % {"count": MOST})
        return given

    def debtor_ids(self) -> list[int]:
        """The clients to begin with; none: all."""
        return [debtor.pk for debtor in self.cleaned_data["debtors"]] if self.cleaned_data["which"] == SOME else []


@require_http_methods(["GET", "HEAD", "POST"])
def clients(request: HttpRequest) -> HttpResponse:
    """The choice, and exactly what happens to the others."""
    here = standing(request, "clients")
    if here.environment is None:
        return redirect(here.address("connection"))
    chosen = list(here.start.chosen) if here.start else []
    form = ClientsForm(posted(request), standing=here, initial={"which": SOME if chosen else ALL, "debtors": chosen})
    debtors: Any = form.fields["debtors"]
    gone = bool(chosen) and not debtors.queryset.filter(pk__in=chosen).exists()
    if gone:
        # Neither is what was meant: somebody decides anew.
        form.initial["which"] = ""
    if request.method == "POST" and form.is_valid():
        first_start.clients_were_chosen(here.firm, form.debtor_ids())
        return redirect(here.address("sync"))
    context = {
        **here.context(),
        "form": form,
        "gone": gone,
        "count": debtors.queryset.count(),
        "most": MOST,
        "bar": _list_under_way(here),
        "night": next_nightly(here.environment.nightly_hour),
        "hourly": here.environment.hourly_runs,
    }
    return render(request, "administration/first_start/clients.html", context, status=422 if form.errors else 200)


def _list_under_way(here: Standing) -> Any:
    """The progress of reading which clients there are, while it goes on."""
    plans = SyncPlan.objects.visible_to(here.user, Capability.VIEW_SYNC).filter(
        environment=here.environment, resource=LISTS, finished__isnull=True
    )
    plan = plans.select_related("environment", "debtor", "company").first()
    if plan is None:
        return None
    counted = figures.of_plans(here.user, [plan.pk]).get(plan.pk, figures.NONE_YET)
    return live.progress(plan, counted, workers=bool(counted.running) or worker_alive())
