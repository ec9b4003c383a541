"""Django's registration of the room `backup`."""

from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "portal.backup"
    label = "backup"

    def ready(self) -> None:
        from portal.backup import private_files

        private_files.connect()
