"""Makes the room known to Django, for its management command."""

from django.apps import AppConfig


class NmbrsConfig(AppConfig):
    """The room that talks to Nmbrs."""

    name = "portal.nmbrs"
