"""Pages of saved views: keeping what is shown, renaming, sharing, overwriting, removing, and beginning with one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.grants import roles_of
from portal.accounts.models import User
from portal.accounts.roles import READ_ONLY
from portal.ui.exports.asking import Place, place_of
from portal.ui.models import SavedView, views_of
from portal.ui.permissions import capabilities_of
from portal.ui.saved import changing
from portal.ui.saved.forms import ViewForm
from portal.ui.saved.menu import whose
from portal.ui.state import ListState, key_of, with_state
from portal.ui.values import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """Every view that the person may open; posted: keep what a list shows."""
    user = _person(request)
    if request.method == "POST":
        return _keep(request, user)
    writes = not (roles_of(user) and roles_of(user) <= READ_ONLY) and not hasattr(request, "look")
    rows: list[Any] = sorted(views_of(user), key=lambda row: title_of(row.page).casefold())
    context = {
        "heading": _("Saved views"),
        "subtitle": _("Filters, order and columns of a list, kept under a name"),
        "breadcrumb": [Crumb(_("Saved views"))],
        "rows": [
            {
                "view": row,
                "list": title_of(row.page),
                "whose": whose(row) or _("only me"),
                "url": address_of(row),
                "starts": row.starts,
                "may_change": writes and changing.may_change(user, row),
            }
            for row in rows
        ],
        "writes": writes,
    }
    return render(request, "ui/views.html", context)


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """The form for a view that others get too."""
    user, here = _person(request), request.GET.get("at", "")
    place = _place(request, here)
    if place is None:
        messages.info(request, _("Open the list that you want to keep a view of, and keep it from there."))
        return redirect("ui:views")
    return _form_page(request, ViewForm(user=user), here)


@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for a view, or other people who get it."""
    user, row = _person(request), _changeable(request, pk)
    if request.method != "POST":
        kept = {"name": row.name, "audience": changing.Audience.of(row).key}
        return _form_page(request, ViewForm(initial=kept, user=user), "", row)
    form = ViewForm(request.POST, user=user)
    if form.is_valid():
        try:
            changing.rename(row, form.cleaned_data["name"], form.chosen)
        except changing.CannotSave as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The view was changed."))
            return redirect("ui:views")
    return _form_page(request, form, "", row, status=422)


@require_POST
def overwrite(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a view be what its list shows now."""
    row, here = _changeable(request, pk), request.POST.get("at", "")
    place = _place(request, here)
    if place is None or key_of(place.match) != row.page:
        messages.error(request, _("Open the view on its list first, and overwrite it there."))
        return redirect("ui:views")
    try:
        changing.overwrite(row, _state(place))
    except changing.CannotSave as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The view “%(view)s” is now what you see.") % {"view": row})
    return redirect(_back(place, row))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a view."""
    row = _changeable(request, pk)
    changing.remove(row)
    messages.success(request, _("The view was removed."))
    return redirect("ui:views")


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the list with a view, for oneself."""
    user, row = _person(request), _openable(request, pk)
    changing.begin_with(user, row.page, row)
    messages.success(request, _("The list begins with “%(view)s” for you.") % {"view": row})
    return redirect(_after(request))


@require_POST
def no_start(request: HttpRequest) -> HttpResponse:
    """Begin a list without a view, for oneself, also where the office begins with one."""
    user, place = _person(request), _place(request, request.POST.get("at", ""))
    if place is None:
        messages.error(request, _("Choose a list first."))
        return redirect("ui:views")
    changing.begin_with(user, key_of(place.match), None)
    messages.success(request, _("The list begins plainly for you, with everything."))
    return redirect(_after(request))


# --- what the pages share --------------------------------------------------------------------------------------------


def _keep(request: HttpRequest, user: User) -> HttpResponse:
    here = request.POST.get("at", "")
    place, form = _place(request, here), ViewForm(request.POST, user=user)
    if place is None:
        form.is_valid()
        form.add_error(None, _("Open the list that you want to keep a view of, and keep it from there."))
    elif form.is_valid():
        try:
            row = changing.keep(user, key_of(place.match), form.cleaned_data["name"], _state(place), form.chosen)
        except changing.CannotSave as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The view “%(view)s” is kept.") % {"view": row})
            return redirect(_back(place, row))
    return _form_page(request, form, here if place else "", status=422)


def _form_page(
    request: HttpRequest, form: ViewForm, here: str, row: SavedView | None = None, status: int = 200
) -> HttpResponse:
    heading = _("Change the view “%(view)s”") % {"view": row} if row else _("Keep a view")
    context = {
        "heading": heading,
        "breadcrumb": [Crumb(_("Saved views"), reverse("ui:views")), Crumb(heading)],
        "form": form,
        "at": here,
        "view": row,
        "back": here or reverse("ui:views"),
    }
    return render(request, "ui/view_form.html", context, status=status)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _openable(request: HttpRequest, pk: int) -> SavedView:
    """A view that the person may open; of others there is none."""
    return get_object_or_404(views_of(request.user), pk=pk)


def _changeable(request: HttpRequest, pk: int) -> SavedView:
    """One that they may also change."""
    row = _openable(request, pk)
    if not changing.may_change(request.user, row):
        raise PermissionDenied
    return row


def _place(request: HttpRequest, here: str) -> Place | None:
    """The list at an address, for somebody who may open such lists; None where there is no list."""
    place = place_of(here) if here else None
    if place is not None and not place.view_class.title_at(place.match.kwargs):
        # A kind of record that there is not.
        return None
    if place is not None:
        held = capabilities_of(request)
        needed = place.view_class.capability_at(place.match.kwargs)
        if held and needed not in held:
            raise PermissionDenied
    return place


def _state(place: Place) -> ListState:
    return ListState.read(QueryDict(place.query), place.view_class.filters_at(place.match.kwargs))


def _back(place: Place, row: SavedView) -> str:
    """The list with the view."""
    filters = place.view_class.filters_at(place.match.kwargs)
    query = with_state(QueryDict(place.query), filters, ListState.from_json(row.state), str(row.pk))
    return f"{place.path}?{query}"


def _after(request: HttpRequest) -> str:
    """Where the person was, if that is a list of the portal; else the page of views."""
    here = request.POST.get("at", "")
    place = place_of(here) if here else None
    return f"{place.path}?{place.query}" if place else reverse("ui:views")


def title_of(page: str) -> str:
    """What a kind of list is called."""
    place = _anywhere(page)
    return place.view_class.title_at(place.match.kwargs) if place else page


def address_of(row: SavedView) -> str:
    """The list with the view, where the list has one address; one for each client or company has none by itself."""
    try:
        path = reverse(row.page)
    except NoReverseMatch:
        return ""
    return f"{path}?{with_state(QueryDict(), (), ListState.from_json(row.state), str(row.pk))}"


def _anywhere(page: str) -> Place | None:
    """Some list of this kind, to ask what it is called."""
    name, _space, kind = page.partition(" ")
    for kwargs in ({}, {"pk": 0}, {"pk": 0, "kind": kind}):
        try:
            return place_of(reverse(name, kwargs=kwargs))
        except NoReverseMatch:
            continue
    return None
