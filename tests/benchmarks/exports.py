"""Eight accountants at work while twenty files are made of their lists: `make bench ARGS=exports` (threat 35).

The same pages as in `users`, on PostgreSQL, first by themselves and then beside the worker that makes the files.
"""

import json
import statistics
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.as_of import FIRM
from tests.benchmarks.office import Office
from tests.benchmarks.reading import Reader, serving
from tests.benchmarks.users import PAGES, SIZES, everybody_works, server_times

FILES = 20
#: Files that one person may have made at once (portal.ui.exports.making).
EACH = 3
LIST, FORMATS = "/employees/", ("xlsx", "csv", "xlsx")
DONE = "SELECT status, COUNT(*) FROM ui_export WHERE direct = false GROUP BY status"


def main() -> None:
    """Measure and print."""
    with Office("postgresql", {}) as office:
        office.shell(FIRM)
        filled = json.loads(office.python("tests.benchmarks.users", "fill", json.dumps(SIZES["postgresql"][0])))
        noted = Path(office.folder.name) / "server-times"
        with serving(office, noted) as (port, _server):
            alone = _at_work(noted, filled["visitors"], port)
            with office.cluster():
                answers = _ask(filled["visitors"], port)
                beside = _at_work(noted, filled["visitors"], port)
        print(f"  {FILES} files asked for: {answers.count(302)} taken on, one more of a person: {answers[-1]}")
        for name, times in (("alone", alone), ("beside the files", beside)):
            late = statistics.quantiles(times, n=20)[18]
            print(f"  {name:<18} p50 {statistics.median(times):.0f} ms, p95 {late:.0f} ms")
        print(f"  the files at the end: {dict(office.ask(DONE))}", flush=True)


def _ask(visitors: list[dict[str, Any]], port: int) -> list[int]:
    """Ask for the files, and for one more by somebody who has as many as they may."""
    answers = []
    for visitor in visitors[: -(-FILES // EACH)]:
        person = Reader(port, visitor["cookie"])
        token = person.token()
        for kind in FORMATS[: min(EACH, FILES - len(answers))]:
            answers.append(_file(person, kind, token))
    person = Reader(port, visitors[0]["cookie"])
    return [*answers, _file(person, "csv", person.token())]


def _file(person: Reader, kind: str, token: str) -> int:
    form = urlencode({"csrfmiddlewaretoken": token, "at": LIST, "format": kind})
    return person.call("POST", "/files/", form, token)[0]


def _at_work(noted: Path, given: list[dict[str, Any]], port: int) -> list[float]:
    """The server's own times of all pages while everybody works."""
    noted.write_text("", encoding="utf-8")
    everybody_works(given, port)
    served = server_times(noted)
    return [taken for page in PAGES for taken in served[page]]
