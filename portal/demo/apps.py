"""Django's registration of the room `demo`."""

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


class DemoConfig(AppConfig):
    name = "portal.demo"
    label = "demo"

    def ready(self) -> None:
        from portal.accounts import doors
        from portal.demo.checks import check_door
        from portal.demo.views import offer

        checks.register(check_door, checks.Tags.security)
        if settings.DEMO:
            doors.register(doors.Door("demo/door.html", offer))
