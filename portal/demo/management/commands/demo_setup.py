"""`manage.py demo_setup`: database, static files, firm and first sync of a demo. `make demo` calls it."""

import signal
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.connections.models import Connection
from portal.demo.bar import Bar
from portal.demo.firm import appoint_personas, connect_firm
from portal.demo.personas import FIRM
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.source import SourceError
from portal.sync import plans
from portal.sync.models import ROTATION, Status, SyncPlan, Trigger
from portal.sync.service import sync_now
from portal.sync.tasks import wake


class Command(BaseCommand):
    """Does what is missing, says each step, and leaves what is there."""

    help = "Prepare the demo: database, static files, firm, people, first sync."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This command fills a demo. It does nothing without PORTAL_DEMO=yes.")
        signal.signal(signal.SIGTERM, leave)
        self._say("Preparing the database")
        call_command("migrate", verbosity=0, interactive=False)
        self._say("Preparing translations and static files")
        call_command("messages", compile=True)
        if static_files_are_behind():
            call_command("collectstatic", verbosity=0, interactive=False)
        self._say(f"Connecting {FIRM} to the embedded Nmbrs")
        try:
            connection = connect_firm(settings.NMBRS_HOSTS[0])
        except SourceError as error:
            raise CommandError(f"The embedded Nmbrs did not let us in: {error}.") from None
        self._sync(connection)
        appoint_personas(connection.environment.firm)

    def _sync(self, connection: Connection) -> None:
        """The first sync here and now, with a bar; later ones by the worker, while the portal is in use."""
        environment = connection.environment
        if SyncPlan.objects.filter(environment=environment, finished__isnull=False).exists():
            plans.start(environment, trigger=Trigger.COMMAND)
            wake(environment.pk)
            self._say("The figures of the last start are there; the worker brings them up to date.")
            return
        for kind in OptIn:
            choose(environment.pk, kind, on=True, reason="demo")
        self._say("First sync: reading every client, company and person")
        with Bar() as bar:
            plan = sync_now(environment, on_progress=bar.show)
        wrong = plan.runs.exclude(status=Status.SUCCEEDED)
        if wrong.exists():
            kinds = ", ".join(sorted(set(wrong.values_list("resource", flat=True))))
            self._say(f"{wrong.count()} parts could not be read ({kinds}); the Sync page says why.")
        # Kinds that Nmbrs gives person by person come in while the portal is in use already.
        plans.start(environment, trigger=Trigger.COMMAND, resource=ROTATION)
        wake(environment.pk)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def static_files_are_behind() -> bool:
    """Whether a static file was changed since they were last collected. Collecting packs all of them: seconds."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.is_file():
        return True
    collected = manifest.stat().st_mtime
    sources = (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    return any(source.stat().st_mtime > collected for source in sources)


def leave(number: int, frame: FrameType | None) -> None:
    """End in an orderly way, so that the sync gives back what it had in hand and the next start goes on there."""
    raise SystemExit(128 + number)
