"""Django's registration of the room `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        from portal.accounts import acting, trail  # noqa: F401 - the model registers itself
        from portal.accounts.signin import checks, receivers, seeds  # noqa: F401 - they register themselves

        acting.connect()
