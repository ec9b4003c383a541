"""The bands of the office: an administrator's setting, from which every comparison begins."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.models import Firm, User
from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.dashboards.models import VarianceBands
from portal.dashboards.settings_of_firm import address, chosen, firms_of, person_of
from portal.dashboards.variance.bands import Bands, BandsForm
from portal.ui.values import Crumb

_PAGE = "dashboards:variance_bands"


@require_http_methods(["GET", "HEAD", "POST"])
def variance_bands(request: HttpRequest) -> HttpResponse:
    """What is in force for a firm, and changing it."""
    user = person_of(request)
    firms = firms_of(user)
    firm = chosen(request, firms)
    kept = VarianceBands.objects.visible_to(user, Capability.MANAGE_SETTINGS).filter(firm=firm).first()
    bands = Bands(kept.notable, kept.large) if kept else Bands()
    given = request.POST if request.method == "POST" else None
    form = BandsForm(given, initial={"notable": bands.notable, "large": bands.large})
    if given is not None and form.is_valid():
        if form.has_changed():
            _keep(user, firm, form)
        messages.success(request, _("The bands were stored. Every comparison begins with them from now on."))
        return redirect(address(_PAGE, firm, firms))
    notable, large = Bands().words
    context = {
        "heading": _("Bands of the variance page"),
        "subtitle": firm.name,
        "breadcrumb": [Crumb(_("Bands of the variance page"))],
        "form": form,
        "firm": firm,
        "firms": [(one.name, address(_PAGE, one, firms), one == firm) for one in firms] if len(firms) > 1 else [],
        "usual": _("Without a choice of the office: %(notable)s and %(large)s %%.")
        % {"notable": notable, "large": large},
    }
    return render(request, "dashboards/variance/bands.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _keep(user: User, firm: Firm, form: BandsForm) -> None:
    """Store the bands, and write it down."""
    own = VarianceBands.objects.visible_to(user, Capability.MANAGE_SETTINGS)
    bands = form.bands
    kept, _made = own.update_or_create(firm=firm, defaults={"notable": bands.notable, "large": bands.large})
    record(Kind.SETTINGS_CHANGED, kept, detail={"kind": "variance_bands", "fields": sorted(form.changed_data)})
