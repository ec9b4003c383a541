"""Invitations: the list, a new one, sending again and withdrawing."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views import View
from django.views.decorators.http import require_POST

from portal.accounts import invitations
from portal.accounts.fresh import fresh_sign_in_required
from portal.accounts.invitations import Invited
from portal.accounts.models import Invitation
from portal.accounts.rights import Refused
from portal.accounts.roles import Capability
from portal.administration.acts import attempt, below_people, chosen_firm, end_of, found, person_of, require, sections
from portal.administration.forms import InvitationForm
from portal.ui import markup
from portal.ui.tables import MomentColumn, Table, TextColumn
from portal.ui.values import Crumb, Level, Status
from portal.ui.views import ScopedListView

logger = logging.getLogger(__name__)


class InvitationTable(Table):
    """One invitation a row, the last one first."""

    caption = gettext_lazy("Invitations")
    counted = ngettext_lazy("invitation", "invitations")
    nothing = (
        gettext_lazy("Nobody was invited yet"),
        gettext_lazy("Whom you invite stands here, with what became of the invitation."),
    )

    name = TextColumn(verbose_name=gettext_lazy("Name"))
    email = TextColumn(verbose_name=gettext_lazy("E-mail address"))
    role = TextColumn(verbose_name=gettext_lazy("Role"))
    scope = TextColumn(verbose_name=gettext_lazy("For"), accessor="pk", orderable=False)
    state = TextColumn(verbose_name=gettext_lazy("State"), accessor="pk", orderable=False)
    expires = MomentColumn(verbose_name=gettext_lazy("Link works until"))
    act = TextColumn(verbose_name=gettext_lazy("Invitation"), accessor="pk", orderable=False)

    class Meta:
        model = Invitation
        fields: tuple[str, ...] = ()
        sequence = ("name", "email", "role", "scope", "state", "expires", "act")

    def render_scope(self, record: Invitation) -> str:
        """A company, a client, a team or the firm."""
        return str(record.company or record.debtor or record.team or record.firm)

    def render_state(self, record: Invitation) -> Any:
        """What became of it."""
        return markup.status(state_of(record))

    def render_act(self, record: Invitation) -> Any:
        """Send again, withdraw: on a page of its own, so that the list stays a list."""
        if record.accepted_at or record.withdrawn_at:
            return ""
        address = reverse("administration:invitation", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, _("Send again or withdraw"))


def state_of(invitation: Invitation) -> Status:
    """What became of it."""
    if invitation.accepted_at is not None:
        return Status(Level.FINE, _("accepted"))
    if invitation.withdrawn_at is not None:
        return Status(Level.NEUTRAL, _("withdrawn"), icon="ban")
    if not invitation.is_open:
        return Status(Level.SOON, _("expired"))
    return Status(Level.NEUTRAL, _("sent"), icon="hourglass")


class InvitationsView(ScopedListView):
    """Every invitation to a firm or client that one manages."""

    model = Invitation
    capability = Capability.MANAGE_CLIENT_USERS
    table_class = InvitationTable
    template_name = "administration/invitations.html"
    heading = gettext_lazy("Invitations")
    subtitle = gettext_lazy("A link works once, for 72 hours")

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what they are for; of one firm where that was chosen."""
        firm = chosen_firm(self.request)
        if firm is not None:
            queryset = queryset.filter(firm=firm)
        return queryset.select_related("firm", "debtor", "company", "team")

    def get_breadcrumb(self) -> list[Crumb]:
        """Below people."""
        return below_people(Crumb(str(self.heading)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The other parts."""
        return {**super().get_context_data(**kwargs), "sections": sections(self.request)}


@method_decorator(fresh_sign_in_required, name="dispatch")
class InviteView(View):
    """The form of a new invitation."""

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """For people who manage anybody."""
        require(request, Capability.MANAGE_CLIENT_USERS)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """An empty form in the language of most receivers."""
        return self._page(request, InvitationForm(request=request, initial={"language": "nl"}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the invitation and send it."""
        form = InvitationForm(request.POST, request=request)
        if not form.is_valid():
            return self._page(request, form, 422)
        given = form.cleaned_data
        try:
            invited = invitations.invite(
                person_of(request),
                form.place(),
                email=given["email"],
                name=given["name"],
                language=given["language"],
                team=given.get("team"),
                access_ends=end_of(given["until"]),
            )
        except Refused as refused:
            form.add_error(None, str(refused.text))
            return self._page(request, form, 422)
        post(request, invited)
        return redirect("administration:invitations")

    def _page(self, request: HttpRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "heading": _("Invite somebody"),
            "breadcrumb": below_people(Crumb(_("Invite somebody"))),
            "verb": _("Send the invitation"),
            "back": reverse("administration:invitations"),
            "warning": ""
            if settings.PORTAL_URL
            else _("The portal does not know its own address (PORTAL_URL), so the link in the mail will not work."),
        }
        return render(request, "administration/form.html", context, status=status)


class InvitationView(View):
    """One pending invitation: send again, withdraw."""

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """For people who manage anybody."""
        require(request, Capability.MANAGE_CLIENT_USERS)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What it is."""
        row = pending(request, pk)
        context = {
            "invitation": row,
            "state": state_of(row),
            "heading": row.name,
            "breadcrumb": below_people(Crumb(_("Invitations"), reverse("administration:invitations")), Crumb(row.name)),
        }
        return render(request, "administration/invitation.html", context)


@require_POST
@fresh_sign_in_required
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link; the old one ends."""
    row = pending(request, pk)
    try:
        post(request, invitations.resend(person_of(request), row))
    except Refused as refused:
        messages.error(request, str(refused.text))
    return redirect("administration:invitations")


@require_POST
@fresh_sign_in_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The link works no more."""
    row = pending(request, pk)
    change = lambda: invitations.withdraw_invitation(person_of(request), row)  # noqa: E731
    attempt(request, change, _("The invitation was withdrawn."))
    return redirect("administration:invitations")


def pending(request: HttpRequest, pk: int) -> Invitation:
    """The invitation, for somebody who manages the people of its firm or client."""
    rows = Invitation.objects.visible_to(person_of(request), Capability.MANAGE_CLIENT_USERS)
    row: Invitation = found(rows.select_related("firm", "debtor", "company", "team"), pk)
    return row


def post(request: HttpRequest, invited: Invited) -> None:
    """Send the mail; when that fails say so. The link is in the mail only, so it is sent again then."""
    try:
        invitations.send(invited)
    except OSError as error:
        logger.error("invitation %s: the mail could not be sent: %s", invited.invitation.pk, type(error).__name__)
        messages.error(request, _("The invitation is there, but the mail could not be sent. Send it again later."))
    else:
        messages.success(request, _("The invitation was sent to %(email)s.") % {"email": invited.invitation.email})
