"""The Sync pages of administrators: how the sync stands, when an environment is synced, which kinds it reads."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.fresh import FreshSignInMixin
from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.connections.models import Environment
from portal.mirror.models import OptInChoice
from portal.mirror.opt_ins import choose
from portal.sync import health
from portal.sync.forms import TimetableForm
from portal.sync.opt_in_form import OptInForm
from portal.sync.tables import HealthTable
from portal.ui.permissions import capabilities_of
from portal.ui.values import Crumb
from portal.ui.views import ScopedDetailView, ScopedListView


class HealthView(ScopedListView):
    """The queue and the workers, and each environment of the person's firms."""

    model = Environment
    capability = Capability.RESYNC_FIRM
    table_class = HealthTable
    exportable = False
    template_name = "sync/health.html"
    heading = gettext_lazy("Health of the sync")
    subtitle = gettext_lazy("Whether work gets done, and how far behind it is")

    def get_breadcrumb(self) -> list[Crumb]:
        """Sync › this page."""
        return [Crumb(_("Sync"), reverse("sync:overview")), Crumb(self.heading)]

    def get_table_data(self) -> list[health.EnvironmentHealth]:
        """What is known of each environment in place of its row."""
        rows: Any = self.object_list
        return health.of_environments(rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The figures of the installation, for nobody who works nowhere."""
        permitted = self.capability in capabilities_of(self.request)
        return {
            **super().get_context_data(**kwargs),
            "installation": health.of_installation() if permitted else None,
        }


class SettingsView(ScopedDetailView):
    """When the syncs of one environment are."""

    model = Environment
    capability = Capability.MANAGE_SETTINGS
    template_name = "sync/settings.html"

    def get_breadcrumb(self) -> list[Crumb]:
        """Sync › this page."""
        return [Crumb(_("Sync"), reverse("sync:overview")), Crumb(self.object.domain)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        context = super().get_context_data(**kwargs)
        heading = _("Syncs of %(domain)s") % {"domain": self.object.domain}
        return {"form": TimetableForm(instance=self.object), **context, "heading": heading}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the new times, or say what is wrong with them."""
        self.object = self.get_object()
        form = TimetableForm(request.POST, instance=self.object)
        if not form.is_valid():
            # The form has put what was typed into the row; the page shows what is kept.
            self.object.refresh_from_db()
            return self.render_to_response(self.get_context_data(form=form), status=422)
        with transaction.atomic():
            form.save()
            if form.changed_data:
                record(Kind.SETTINGS_CHANGED, self.object, detail={"fields": form.changed_data})
        messages.success(request, _("The times of the syncs were changed."))
        return redirect("sync:overview")


class OptInView(FreshSignInMixin, ScopedDetailView):
    """Which sensitive kinds an environment reads, and why. Before more is read of people, whoever wants it says again
    who they are."""

    model = Environment
    capability = Capability.MANAGE_SETTINGS
    template_name = "sync/opt_ins.html"

    def get_breadcrumb(self) -> list[Crumb]:
        """Sync › this page."""
        return [Crumb(_("Sync"), reverse("sync:overview")), Crumb(self.object.domain)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form with what is chosen now."""
        context = super().get_context_data(**kwargs)
        heading = _("Sensitive kinds of %(domain)s") % {"domain": self.object.domain}
        return {"form": OptInForm(choices=self._kept()), "back": self.get_back(), **context, "heading": heading}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the new choices with who made them, or say what is missing."""
        self.object = self.get_object()
        form = OptInForm(request.POST, choices=self._kept())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        by = request.user if isinstance(request.user, User) else None
        with transaction.atomic():
            for kind, on, reason in form.changed():
                choose(self.object.pk, kind, on=on, reason=reason, by=by)
        messages.success(request, _("Your choices were kept. The next sync reads what is switched on."))
        return self.chosen()

    def chosen(self) -> HttpResponse:
        """Where somebody goes on when the choices are kept."""
        return redirect(self.get_back())

    def get_back(self) -> str:
        """The page that this one was opened from."""
        return reverse("sync:overview")

    def _kept(self) -> dict[str, OptInChoice]:
        chosen = OptInChoice.objects.visible_to(self.request.user, Capability.MANAGE_SETTINGS)
        return {choice.kind: choice for choice in chosen.filter(environment=self.object)}
