"""The second step: the page of the sensitive kinds, as a part of the path."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from portal.accounts.roles import Capability
from portal.administration.acts import managed_firms
from portal.administration.first_start.steps import Standing
from portal.connections import first_start
from portal.sync.administration import OptInView
from portal.ui.values import Crumb


class KindsView(OptInView):
    """Which sensitive kinds are read, and why; to choose none is a choice too."""

    capability = Capability.MANAGE_SETTINGS
    template_name = "administration/first_start/kinds.html"

    @property
    def standing(self) -> Standing:
        """How far the firm of this environment is."""
        return Standing(self.request, self.object.firm, managed_firms(self.request), "kinds")

    def get_breadcrumb(self) -> list[Crumb]:
        """First start › this page."""
        crumbs: Any = self.standing.context()["breadcrumb"]
        return list(crumbs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the path."""
        return {**super().get_context_data(**kwargs), "standing": self.standing}

    def chosen(self) -> HttpResponse:
        """On to the clients."""
        first_start.kinds_were_chosen(self.object.firm)
        return redirect(self.standing.address("clients"))

    def get_back(self) -> str:
        """The path."""
        return self.standing.address("overview")
