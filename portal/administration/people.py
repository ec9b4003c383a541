"""People and what they may see: the list, one person, and every change of a person's rights."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from portal.accounts import rights
from portal.accounts.fresh import fresh_sign_in_required
from portal.accounts.looking import may_look_as
from portal.accounts.models import Deputy, Membership, TeamMember, User
from portal.accounts.models.terms import not_over
from portal.accounts.people import managed_by, memberships_managed_by, memberships_told_to
from portal.accounts.rights.guards import is_present
from portal.accounts.rights.memberships import may_switch, place_of
from portal.accounts.roles import SWITCHES, Capability
from portal.accounts.signin.lost_device import may_reset, reset_second_factor
from portal.administration.acts import (
    attempt,
    below_people,
    chosen_firm,
    end_of,
    found,
    managed_firms,
    person_of,
    sections,
)
from portal.administration.forms import PlaceForm, SwitchForm, TermForm
from portal.debtors.unassigned import unassigned_by_firm
from portal.ui import markup
from portal.ui.tables import LinkColumn, MomentColumn, StatusColumn, Table, TextColumn
from portal.ui.values import Crumb, Level, Status
from portal.ui.views import ScopedDetailView, ScopedListView

STATES = {
    "open": Status(Level.FINE, gettext_lazy("may sign in")),
    "closed": Status(Level.NEUTRAL, gettext_lazy("closed"), icon="ban"),
    # What somebody does who left is not for the firm or client that they left.
    "left_firm": Status(Level.NEUTRAL, gettext_lazy("not of this firm any more"), icon="minus"),
    # A client is told of its own: the person may still be at another client of the same firm.
    "left_client": Status(Level.NEUTRAL, gettext_lazy("no access any more"), icon="minus"),
}


class PeopleTable(Table):
    """One person a row."""

    caption = gettext_lazy("People")
    counted = ngettext_lazy("account", "accounts")

    name = LinkColumn("administration:person", verbose_name=gettext_lazy("Name"))
    email = TextColumn(verbose_name=gettext_lazy("E-mail address"))
    roles = TextColumn(verbose_name=gettext_lazy("Roles"), accessor="pk", orderable=False)
    is_active = StatusColumn(verbose_name=gettext_lazy("Account"), accessor="account", statuses=STATES)
    last_login = MomentColumn(verbose_name=gettext_lazy("Last sign-in"), accessor="signed_in")

    class Meta:
        model = User
        fields: tuple[str, ...] = ()
        sequence = ("name", "email", "roles", "is_active", "last_login")

    def render_roles(self, record: User) -> Any:
        """The roles in force, each once."""
        held = {one.get_role_display() for one in record.managed if one.is_in_force}  # type: ignore[attr-defined]
        held |= {one.get_role_display() for one in record.team_places.all() if one.is_in_force}
        return ", ".join(sorted(map(str, held))) or markup.words(_("no access now"))


class PeopleView(ScopedListView):
    """The people whose access one manages: of the firm, or the users of the own client."""

    model = User
    capability = Capability.MANAGE_CLIENT_USERS
    table_class = PeopleTable
    exportable = False
    template_name = "administration/people.html"
    heading = gettext_lazy("People and access")
    subtitle = gettext_lazy("Who may sign in, and what each may see")

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With their places, in the order of their names; of one firm where that was chosen."""
        by = person_of(self.request)
        own = memberships_told_to(by)
        # Of somebody who works for another firm too: what they are there is not this reader's to see.
        teams = TeamMember.objects.visible_to(by, Capability.MANAGE_USERS)
        firm = chosen_firm(self.request)
        if firm is not None:
            placed = Q(pk__in=own.filter(firm=firm).values("user_id"))
            queryset = queryset.filter(placed | Q(team_places__team__firm=firm)).distinct()
        here = own.filter(not_over(), user=OuterRef("pk"))
        in_team = teams.filter(not_over(), user=OuterRef("pk"))
        present = Q(Exists(here)) | Q(Exists(in_team))
        of_firm = Exists(own.filter(firm__in=managed_firms(self.request), user=OuterRef("pk")))
        account = Case(
            When(present & Q(is_active=True), then=Value("open")),
            When(present, then=Value("closed")),
            When(of_firm | Exists(teams.filter(user=OuterRef("pk"))), then=Value("left_firm")),
            default=Value("left_client"),
        )
        shown: QuerySet[Any] = (
            queryset.annotate(account=account, signed_in=Case(When(present, then=F("last_login"))))
            .order_by("name")
            .prefetch_related(Prefetch("memberships", own, to_attr="managed"))
            .prefetch_related(Prefetch("team_places", teams))
        )
        return shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The other parts, and how many clients nobody looks after."""
        request = self.request
        found = unassigned_by_firm(person_of(request))
        return {
            **super().get_context_data(**kwargs),
            "sections": sections(request),
            "nobody": sum(found.values()),
            "nobody_of": next(iter(found), None),
        }


class PersonView(ScopedDetailView):
    """One person: every place, with what can be changed about it."""

    model = User
    capability = Capability.MANAGE_CLIENT_USERS
    template_name = "administration/person.html"
    #: Not the name of the model: `user` is who reads the page.
    context_object_name = "person"

    def get_breadcrumb(self) -> list[Crumb]:
        """Below the list."""
        return below_people(Crumb(self.object.name))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Places, teams and standing in; forms where something can be changed."""
        context = super().get_context_data(**kwargs)
        request, by = self.request, person_of(self.request)
        person: User = self.object
        firms = managed_firms(request)
        own = memberships_told_to(by).filter(user=person)
        rows = own.select_related("firm", "debtor", "company", "given_by").prefetch_related("switches")
        places = [self._place(by, one) for one in rows.order_by("-pk")]
        is_self = by.pk == person.pk
        teams = list(
            TeamMember.objects.visible_to(by, Capability.MANAGE_USERS).filter(user=person).select_related("team")
        )
        present = any(not one.has_ended for one in (*teams, *(place["row"] for place in places)))
        manages_firm = bool(firms) and not is_self and present
        resettable = may_reset(person, by)
        return {
            "present": present,
            "places": [one for one in places if not one["row"].has_ended],
            "ended": [one for one in places if one["row"].has_ended],
            "teams": teams,
            "standing_in": Deputy.objects.visible_to(by, Capability.MANAGE_USERS)
            .in_force()
            .filter(substitute=person)
            .select_related("absent"),
            "is_self": is_self,
            "manages_firm": manages_firm,
            "may_reset": resettable,
            "not_resettable": manages_firm and person.is_active and not resettable,
            "may_look": may_look_as(by, person),
            "form": None if is_self or not present else PlaceForm(request=request),
            **context,
        }

    def _place(self, by: User, row: Membership) -> dict[str, Any]:
        place = place_of(row)
        changeable = by.pk != row.user_id and rights.may_manage(by, row)
        on = {one.capability for one in row.switches.all()}
        switches = [(one, one.value in on) for one in Capability if one in SWITCHES and may_switch(by, place, one)]
        return {"row": row, "changeable": changeable, "switches": switches if changeable else []}


@require_POST
@fresh_sign_in_required
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the person another place."""
    person = found(managed_by(person_of(request)), pk)
    form = PlaceForm(request.POST, request=request)
    if form.is_valid():
        ends = end_of(form.cleaned_data["until"])
        change = lambda: rights.give(person_of(request), person, form.place(), ends=ends)  # noqa: E731
        attempt(request, change, _("Access was given."))
    else:
        say_errors(request, form)
    return redirect("administration:person", pk)


@require_POST
@fresh_sign_in_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End one place."""
    row = _membership(request, pk)
    attempt(request, lambda: rights.withdraw(person_of(request), row), _("The access has ended."))
    return redirect("administration:person", row.user_id)


@require_POST
@fresh_sign_in_required
def limit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change until when one place counts."""
    row, form = _membership(request, pk), TermForm(request.POST)
    if form.is_valid():
        ends = end_of(form.cleaned_data["until"])
        change = lambda: rights.limit(person_of(request), row, row.starts, ends)  # noqa: E731
        attempt(request, change, _("The end was changed."))
    else:
        say_errors(request, form)
    return redirect("administration:person", row.user_id)


@require_POST
@fresh_sign_in_required
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a capability of a client user on or off."""
    row, form = _membership(request, pk), SwitchForm(request.POST)
    if form.is_valid():
        capability, on = Capability(form.cleaned_data["capability"]), form.cleaned_data["on"]
        change = lambda: rights.switch(person_of(request), row, capability, on=on)  # noqa: E731
        attempt(request, change, _("Switched on.") if on else _("Switched off."))
    else:
        say_errors(request, form)
    return redirect("administration:person", row.user_id)


@require_POST
@fresh_sign_in_required
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the person in no more, in every firm of theirs that one manages."""
    person = found(managed_by(person_of(request)), pk)
    firms = _firms_with(request, person)
    attempt(
        request,
        lambda: rights.deactivate(person_of(request), person, *firms),
        _("The account was closed here; sessions have ended."),
    )
    return redirect("administration:person", pk)


@require_POST
@fresh_sign_in_required
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the account again, with what waits in every firm of theirs that one manages."""
    person = found(managed_by(person_of(request)), pk)
    firms = _firms_with(request, person)
    attempt(request, lambda: rights.reactivate(person_of(request), person, *firms), _("The account is open again."))
    return redirect("administration:person", pk)


@require_POST
@fresh_sign_in_required
def reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the second step of somebody who lost the device away; they set up a new one at the next sign-in."""
    person = found(managed_by(person_of(request)), pk)
    if reset_second_factor(person, person_of(request)):
        messages.success(request, _("The second step was removed, and the person was told by mail."))
    else:
        messages.warning(
            request, _("The second step was removed, but the mail could not be sent. Tell the person yourself.")
        )
    return redirect("administration:person", pk)


def _membership(request: HttpRequest, pk: int) -> Membership:
    row: Membership = found(memberships_managed_by(person_of(request)).select_related("user", "firm"), pk)
    return row


def _firms_with(request: HttpRequest, person: User) -> list[int]:
    """The firms that one manages and the person is present in. Raises PermissionDenied when there is none."""
    firms = [firm.pk for firm in managed_firms(request) if is_present(person, firm.pk)]
    if not firms:
        raise PermissionDenied
    return firms


def say_errors(request: HttpRequest, form: Any) -> None:
    """Say what is wrong with a form that has no page of its own."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        for error in errors:
            messages.error(request, f"{label}: {error}" if label else str(error))
