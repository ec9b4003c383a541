"""`manage.py sync_status`: how the sync stands, for a terminal or for a program."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from portal import clock
from portal.connections.models import Environment
from portal.jobs.models import Heartbeat
from portal.sync import health


class Command(BaseCommand):
    """Shows all firms: who can run it can read the database."""

    help = "Show connections, open syncs, runs by status, the queue and the workers; with --json as data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON; moments are UTC")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        installation = health.of_installation()
        environments = health.of_environments(Environment.objects.all())
        beats = list(Heartbeat.objects.all())
        if options["json"]:
            data = {
                "installation": {**asdict(installation), "well": installation.well},
                "workers": [{"name": one.name, "started": one.started, "beat_at": one.beat_at} for one in beats],
                "environments": [asdict(one) for one in environments],
            }
            self.stdout.write(json.dumps(data, indent=2, default=lambda moment: moment.isoformat()))
            return
        self.stdout.write(health.sentence(installation))
        self.stdout.write(f"Queue: {installation.queue_length} wake-ups. Waiting runs: {installation.backlog}.")
        if installation.oldest:
            self.stdout.write(f"The oldest waits since {_moment(installation.oldest)}.")
        for beat in beats:
            self.stdout.write(f"Worker {beat.name}: last sign of life {_moment(beat.beat_at)}.")
        for one in environments:
            self._environment(one)

    def _environment(self, one: health.EnvironmentHealth) -> None:
        connection = f"{one.connection.value} since {_moment(one.since)}" if one.connection else "none"
        runs = ", ".join(f"{count} {status}" for status, count in sorted(one.runs.items())) or "none"
        self.stdout.write(f"\n{one.domain} ({one.firm})")
        self.stdout.write(f"  Connection: {connection}")
        self.stdout.write(f"  Last full sync: {_moment(one.last_full)}; next nightly: {_moment(one.next_nightly)}")
        self.stdout.write(f"  Runs: {runs}. Calls in the last hour: {one.calls}")
        for plan in one.plans:
            what = f"{plan.scope_key} {plan.resource or 'everything'}"
            self.stdout.write(f"  Open: {what}, {plan.done} of {plan.total} parts, since {_moment(plan.created)}")


def _moment(value: datetime | None) -> str:
    """A moment in Amsterdam; "never" or "none" where there is none."""
    return f"{value.astimezone(clock.AMSTERDAM):%Y-%m-%d %H:%M}" if value else "none"
