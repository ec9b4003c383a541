"""The bands of the office: an administrator's setting, from which every comparison begins."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.grants import Grants
from portal.accounts.models import Firm, User
from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.dashboards.models import VarianceBands
from portal.dashboards.variance.bands import Bands, BandsForm
from portal.ui.values import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
def variance_bands(request: HttpRequest) -> HttpResponse:
    """What is in force for a firm, and changing it."""
    user = _person(request)
    firms = _firms(user)
    firm = _chosen(request, firms)
    kept = VarianceBands.objects.visible_to(user, Capability.MANAGE_SETTINGS).filter(firm=firm).first()
    bands = Bands(kept.notable, kept.large) if kept else Bands()
    given = request.POST if request.method == "POST" else None
    form = BandsForm(given, initial={"notable": bands.notable, "large": bands.large})
    if given is not None and form.is_valid():
        if form.has_changed():
            _keep(user, firm, form)
        messages.success(request, _("The bands were stored. Every comparison begins with them from now on."))
        return redirect(_address(firm, firms))
    notable, large = Bands().words
    context = {
        "heading": _("Bands of the variance page"),
        "subtitle": firm.name,
        "breadcrumb": [Crumb(_("Bands of the variance page"))],
        "form": form,
        "firm": firm,
        "firms": [(one.name, _address(one, firms), one == firm) for one in firms] if len(firms) > 1 else [],
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


def _person(request: HttpRequest) -> User:
    """Who is signed in; the page is behind the sign-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _firms(user: User) -> list[Firm]:
    """The firms whose settings the person changes, by name. Raises PermissionDenied where there are none."""
    firms = Grants(user, Capability.MANAGE_SETTINGS).firms()
    found = [] if firms is None else list(Firm.objects.filter(pk__in=firms))
    if not found:
        raise PermissionDenied
    return found


def _chosen(request: HttpRequest, firms: list[Firm]) -> Firm:
    """The firm in the address, or the only one."""
    given = request.GET.get("firm", "")
    if not given:
        return firms[0]
    found = next((firm for firm in firms if str(firm.pk) == given), None)
    if found is None:
        raise Http404
    return found


def _address(firm: Firm, firms: list[Firm]) -> str:
    page = reverse("dashboards:variance_bands")
    return f"{page}?firm={firm.pk}" if len(firms) > 1 else page
