"""Search over 100,000 people: `python -m tests.benchmarks.search`.

All that a keystroke costs on the server but the frame of the request: rights, index, and the rows that are shown.
"""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.filled import row_maker, write
from tests.benchmarks.office import Office

DEBTORS, COMPANIES, PEOPLE = 250, 4, 100
ROUNDS = 7
GOAL = 100
FIRM = """
from portal.accounts.models import Firm
from portal.connections.models import Environment
Environment.objects.create(firm=Firm.objects.create(name="Bench"), domain="bench")
"""
#: What people type, by what it asks of the index. A word of two letters or a particle answers with thousands of names.
TYPED = {
    "a name, letter by letter": ["j", "ja", "jan", "jans", "janse", "jansen"],
    "a particle": ["de", "van", "van den", "van de"],
    "a name with particles": ["van den berg", "berg a", "de vries j"],
    "with a typing error": ["jnasen", "bakkre", "ozdemri", "hoekstar", "groenveldt", "van der lnden"],
    "nothing like it": ["qwertyuiop", "zzzz", "xylofoonspeler"],
    "a number": ["1", "12", "100", "1042", "42 jansen"],
    "a client": ["klant 01", "klant 0142", "bedrijf"],
    "hostile": ['"a" OR "b" NEAR(', "%_%_%", "a" * 10_000, "van " * 2_000],
}
#: Halves of rare names.
FIRST = (
    "Groen", "Hoek", "Water", "Berg", "Veld", "Zand", "Ooster", "Wester", "Noorder", "Zuid", "Molen", "Kerk", "Dam",
    "Brug", "Dijk", "Hout", "Steen", "Wilde", "Klein", "Groot", "Nieuw", "Oude", "Lange", "Korte", "Roode", "Witte",
    "Zwart", "Blauw", "Boom", "Haver", "Koren", "Rog", "Vis", "Meer", "Zee", "Duin", "Hei", "Bosch", "Eike", "Linde",
)  # fmt: skip
LAST = (
    "stra", "sma", "inga", "ema", "kamp", "man", "mans", "burg", "huis", "hof", "horst", "hoven", "ink", "ing", "is",
    "er", "ers", "sen", "meijer", "maker", "dijk", "broek", "beek", "born", "donk", "rade", "aard", "elen", "ga",
)  # fmt: skip


def main() -> None:
    """Measure both databases; `inside`: what runs in the office's portal."""
    if sys.argv[1:] == ["inside"]:
        json.dump(inside(), sys.stdout)
        return
    for vendor in ("postgresql", "sqlite"):
        with Office(vendor, {}) as office:
            office.shell(FIRM)
            report(vendor, json.loads(office.python("tests.benchmarks.search", "inside")))


def report(vendor: str, measured: dict[str, Any]) -> None:
    """Print one database."""
    print(
        f"{vendor}: {measured['entries']:,} entries, filled in {measured['filling']:.1f} s; milliseconds, goal {GOAL}"
    )
    for reader, kinds in measured["readers"].items():
        print(f"  {reader}")
        for kind, (middle, worst, slowest, least) in kinds.items():
            missed = "" if worst < GOAL else "  MISSED"
            print(
                f"    {kind:<28}median {middle:6.1f}   slowest {worst:6.1f}, at best {least:6.1f} ({slowest}){missed}"
            )
    sys.stdout.flush()


def inside() -> dict[str, Any]:
    """Fill the database and time every text for an administrator and for somebody with a fifth of the clients."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from django.db import connection

    from portal.accounts.models import Membership, User
    from portal.accounts.roles import Role
    from portal.connections.models import Environment
    from portal.debtors.models import Debtor
    from portal.search.index import keeping
    from portal.search.models import Entry
    from portal.ui.kept_plans import keep_plans

    environment = Environment.objects.get()
    fill(environment)
    begun = time.perf_counter()
    keeping.rebuild()
    filling = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # As where pages are served.
    connection.close()
    keep_plans()
    boss = User.objects.create_user("boss@bench.example", "Boss", language="en")
    Membership.objects.create(user=boss, firm=environment.firm, role=Role.ADMINISTRATOR)
    user = User.objects.create_user("bench@bench.example", "Bench", language="en")
    for debtor in Debtor.objects.order_by("pk")[100:150]:
        Membership.objects.create(user=user, firm=environment.firm, role=Role.ACCOUNTANT, debtor=debtor)
    return {
        "entries": Entry.objects.count(),
        "filling": filling,
        "readers": {"administrator, everybody": timed(boss.pk), "accountant, 50 of 250 clients": timed(user.pk)},
    }


def timed(pk: int) -> dict[str, tuple[float, float, str, float]]:
    """By kind of text: the median of all, and the slowest text with the median of its rounds and the quickest one."""
    from django.test import RequestFactory

    from portal.accounts.models import User
    from portal.search.index.folding import asked
    from portal.search.shown import groups
    from portal.search.views import IN_DIALOG

    found = {}
    for kind, texts in TYPED.items():
        middles, least = {}, {}
        for text in texts:
            times = []
            for _ in range(ROUNDS):
                request = RequestFactory().get("/search/options/")
                # A new object: what it keeps of its rights is not kept from one request to the next.
                request.user = User.objects.get(pk=pk)
                begun = time.perf_counter()
                groups(request, asked(text), IN_DIALOG)
                times.append((time.perf_counter() - begun) * 1000)
            middles[text[:20]], least[text[:20]] = statistics.median(times), min(times)
        slowest = max(middles, key=lambda text: middles[text])
        found[kind] = (statistics.median(middles.values()), middles[slowest], slowest, least[slowest])
    return found


def fill(environment: Any) -> None:
    """Clients, companies and people without any history; a third has one of the commonest names."""
    from portal.companies.models import Company
    from portal.debtors.models import Debtor
    from portal.employees.models import Employee

    row, names = row_maker(environment), people(random.Random(7))
    write(Debtor, [row(number=str(1000 + place), name=f"Klant {place:04} BV") for place in range(DEBTORS)])
    write(
        Company,
        [
            row(debtor_id=debtor, number=place + 1, name=f"Bedrijf {debtor:04}-{place + 1}", return_period="Month")
            for debtor in Debtor.objects.order_by("pk").values_list("pk", flat=True)
            for place in range(COMPANIES)
        ],
    )
    pks = list(Company.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), 50):
        write(
            Employee,
            [
                row(company_id=pk, number=place + 1, display_name=next(names))
                for pk in pks[start : start + 50]
                for place in range(PEOPLE)
            ],
        )


def people(chance: random.Random) -> Iterator[str]:
    """Names as Nmbrs shows them, of which about a fifth have a particle."""
    from portal.nmbrs.sandbox.firm.words import FEMALE, MALE, SURNAMES

    rare = [first + last for first in FIRST for last in LAST]
    particles = ("",) * 7 + ("van", "van der", "de", "van den")
    while True:
        common = chance.random() < 1 / 3
        prefix, name = chance.choice(SURNAMES) if common else (chance.choice(particles), chance.choice(rare))
        yield f"{name}, {chance.choice(FEMALE + MALE)} {prefix}".strip()


if __name__ == "__main__":
    main()
