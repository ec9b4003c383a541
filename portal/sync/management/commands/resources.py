"""`manage.py resources`: the kinds of record that the portal mirrors, and where each comes from."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, no_translations
from rich.console import Console
from rich.table import Table

from portal.mirror.resource import Resource, registry


class Command(BaseCommand):
    """Lists the declarations as a table, or with --json as data."""

    help = "List the kinds of record that are mirrored, with their level and their SOAP and REST origin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON, one object a kind")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        rows = [described(resource) for resource in registry]
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        table = Table(
            "Kind", "Level", "Stage", "Model", "SOAP", "REST", "Loops", "Capability", box=None, pad_edge=False
        )
        for row in rows:
            soap = f"{row['soap']['service']}.{row['soap']['operation']}" if row["soap"] else "none"
            table.add_row(
                row["name"],
                row["level"],
                str(row["stage"]),
                row["model"],
                soap,
                row["rest"] or "none",
                ", ".join(row["loops"]) or "none",
                row["capability"],
            )
        wide = None if self.stdout.isatty() else 220
        console = Console(width=wide, color_system=None, highlight=False, markup=False)
        with console.capture() as captured:
            console.print(table)
        self.stdout.write("\n".join(line.rstrip() for line in captured.get().splitlines()))


def described(resource: Resource) -> dict[str, Any]:
    """A declaration as plain data."""
    soap, rest = resource.soap, resource.rest
    return {
        "name": resource.name,
        "label": resource.label,
        "level": str(resource.level),
        "stage": registry.stage(resource),
        "model": resource.model._meta.label,
        "soap": {"service": soap.service, "operation": soap.operation} if soap else None,
        "rest": rest.path if rest else None,
        "loops": sorted(resource.loops),
        "capability": str(resource.capability),
    }
