"""What the pages about personal data share: the row of links on top, and their way."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.grants import Grants
from portal.accounts.roles import Capability
from portal.administration.acts import Section, person_of
from portal.ui.permissions import capabilities_of
from portal.ui.values import Crumb


def privacy_sections(request: HttpRequest) -> list[Section]:
    """The parts that the person may open."""
    held = capabilities_of(request)
    offered = (
        (_("Clients and agreements"), "agreements", Capability.MANAGE_SETTINGS),
        (_("How long data is kept"), "retention", Capability.MANAGE_SETTINGS),
        (_("Removed clients"), "removals", Capability.REMOVE_CLIENT),
        (_("Records of processing"), "processing", Capability.VIEW_AUDIT),
        (_("Sub-processors"), "sub_processors", Capability.MANAGE_SETTINGS),
    )
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        Section(label, reverse(f"administration:{name}"), here == f"administration:{name}")
        for label, name, capability in offered
        if capability in held
    ]


def reads_alone(request: HttpRequest) -> bool:
    """Whether somebody reads the records of processing of a firm who has no other page about personal data."""
    if Capability.MANAGE_SETTINGS in capabilities_of(request):
        return False
    return Grants(person_of(request), Capability.VIEW_AUDIT).firms() is not None


def below_privacy(*more: Crumb) -> list[Crumb]:
    """Personal data › …"""
    return [Crumb(_("Personal data"), reverse("administration:agreements")), *more]
