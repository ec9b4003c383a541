"""`manage.py sync`: bring the mirror up to date here and now, with a progress bar."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError, no_translations
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from portal.accounts.firm_option import add_firm_option, chosen_firm
from portal.audit.actors import command
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once
from portal.connections.models import Environment
from portal.jobs.hindrance import hindrance
from portal.mirror.resource import registry
from portal.sync import choice, summary
from portal.sync.estimate import estimate
from portal.sync.models import ROTATION, SyncPlan, Trigger
from portal.sync.plans import start
from portal.sync.service import NoConnection, Progress, sync_now
from portal.sync.targets import Target
from portal.sync.tasks import wake
from portal.sync.timetable import rotation_calls

BAD_ARGUMENTS = 2
INTERRUPTED = 130


class Command(BaseCommand):
    """Works in this process; a sync of the same that runs elsewhere is joined, and its workers help."""

    help = (
        "Bring everything of a firm up to date, or one debtor, company, person or kind of record. Exit code 0: all of "
        "it succeeded; 1: something was not renewed, and the output says why; 2: the arguments name something that "
        "does not exist."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_firm_option(parser)
        parser.add_argument("--debtor", default="", metavar="NUMBER", help="only the client with this number")
        parser.add_argument("--company", default="", metavar="NUMBER", help="only the company with this number")
        parser.add_argument(
            "--employee", default="", metavar="NUMBER", help="only the person with this number; needs --company"
        )
        parser.add_argument(
            "--resource",
            default="",
            metavar="NAME",
            help="only this kind, or these separated by commas; see manage.py resources",
        )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        targets = self._targets(options)
        plans = []
        try:
            for target in targets:
                asked = {"kind": options["resource"].split(",") if options["resource"] else "everything"}
                record_at_once(Kind.RESYNC_ASKED, target, actor=command("sync"), detail=asked)
                self._say_price(target, options["resource"])
                with self._progress(choice.described(target)) as show:
                    plans.append(sync_now(target, resource=options["resource"], on_progress=show))
        except NoConnection:
            raise CommandError(
                f"{choice.described(target)} has no connection to Nmbrs. Make one: manage.py connect",
                returncode=BAD_ARGUMENTS,
            ) from None
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. What was done stays; the rest goes on with the next `manage.py sync`, or by itself when a "
                "worker runs.",
                returncode=INTERRUPTED,
            ) from None
        if not options["resource"]:
            self._leave_people_to_the_worker(targets)
        self._report(plans)

    def _say_price(self, target: Target, resource: str) -> None:
        """What it will cost, as the dialog of the page says it."""
        price = estimate(target, resource)
        least = "" if price.complete else ", and more: no company is known yet"
        self.stdout.write(
            f"{choice.described(target)}: about {price.calls} calls to Nmbrs, {price.seconds} seconds{least}."
        )

    def _leave_people_to_the_worker(self, targets: list[Target]) -> None:
        """Of a whole environment some kinds are read person by person, in rotation: longer than anybody waits."""
        for target in targets:
            if isinstance(target, Environment) and rotation_calls(target):
                start(target, trigger=Trigger.COMMAND, resource=ROTATION)
                wake(target.pk)
                self.stdout.write(
                    "Bank accounts, tax settings, components and leave, which Nmbrs gives person by person, are read "
                    "by the worker: now, and in rotation each night."
                )

    def _targets(self, options: dict[str, Any]) -> list[Target]:
        """What to sync. Raises CommandError with exit code 2, saying what there is."""
        for name in filter(None, options["resource"].split(",")):
            if name not in registry:
                names = ", ".join(resource.name for resource in registry)
                raise CommandError(
                    f'There is no kind of record "{name}". There are: {names}.', returncode=BAD_ARGUMENTS
                )
        try:
            firm = chosen_firm(options["firm"])
            return choice.targets(
                firm, debtor=options["debtor"], company=options["company"], employee=options["employee"]
            )
        except CommandError as error:
            raise CommandError(str(error), returncode=BAD_ARGUMENTS) from None
        except choice.NotFound as error:
            raise CommandError(str(error), returncode=BAD_ARGUMENTS) from None

    @contextmanager
    def _progress(self, title: str) -> Iterator[Callable[[Progress], None]]:
        """A bar on a terminal, else a line whenever another tenth is done."""
        if not self.stdout.isatty():
            yield _Lines(self.stdout.write, title).show
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TaskProgressColumn())
        with Bar(*columns, TimeElapsedColumn(), console=Console(file=cast(Any, sys.stdout), markup=False)) as bar:
            task = bar.add_task(title, total=None)
            yield lambda now: bar.update(task, completed=now.done, total=now.total)

    def _report(self, plans: list[SyncPlan]) -> None:
        """The table, what was not renewed and why, and the exit code that goes with it."""
        wide = None if self.stdout.isatty() else 120
        self.stdout.write(summary.table(plans, width=wide))
        reasons = summary.reasons(plans)
        if left_out := summary.left_out(plans):
            self.stdout.write(f"\n{left_out} records could not be read and keep their old values; see the page Sync.")
        for reason in [*reasons, *summary.not_given(plans)]:
            self.stdout.write(f"\n{reason}")
        if any(plan.finished is None for plan in plans):
            hindered = hindrance()
            why = hindered.sentence if hindered else "It ended before everything was read."
            self.stdout.write(f"\n{why} What was not read waits; the next sync goes on with it.")
            sys.exit(1)
        if reasons:
            self.stdout.write("\nNot everything could be renewed; what is shown of it is the data of before.")
            sys.exit(1)
        self.stdout.write("\nEverything is up to date." if not left_out else "Everything else is up to date.")


class _Lines:
    """Progress where there is no terminal: ten lines at most for a plan that does not grow."""

    def __init__(self, write: Callable[[str], object], title: str) -> None:
        self._write = write
        self._title = title
        self._tenths = -1
        self._total = 0

    def show(self, now: Progress) -> None:
        """Say how far it is, if that is news."""
        tenths = now.share // 10
        if tenths > self._tenths or (now.total > self._total and now.done == now.total):
            self._write(f"{self._title}: {now.done} of {now.total} parts done, {now.failed} not renewed")
        # A plan that grows falls back: no line twice for the same tenth.
        self._tenths = max(self._tenths, tenths)
        self._total = now.total
