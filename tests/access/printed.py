"""The access matrix as docs/access-matrix.md: `python -m tests.access.printed` writes it."""

import os
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.md"

HEAD = """# The access matrix

Who gets what at every address. Written by `python -m tests.access.printed` from `tests/access/matrix.yaml`; a test
keeps both equal, and another one asks every cell of it: a part in `make test`, all in `make test-long`, and all of it
once more as fragments. An address without a row fails the tests.

Each address is asked for a record of client **a**, of client **b** of the same office, of client **x** of another
office, and for one that does not exist.

| In the table | Means |
|---|---|
| a, b, x | the records that the person gets; for any other, and for one that does not exist, 404 in the same bytes |
| own | gets one's own, and 404 for those of others |
| yes | gets it; the address names no record |
| its owner's | whoever has the secret address gets what its owner may see, and 404 when that is nothing any more |
| no | 403: the person has no right to it |
| a (b: no) | gets that of a; knows of b, but has no right to it: 403 |
| – | 404, whatever is asked for |
| sign-in | sent to the sign-in page |

What is not a column: somebody whose access has ended is sent to the sign-in page, as somebody who is not signed in is.
A method that is not named is refused (405). HEAD is as GET.

"""


def as_markdown() -> str:
    """The whole page."""
    from tests.access import matrix
    from tests.house.test_public_pages import EVERY

    people = [actor for actor in matrix.table()["people"] if actor != "ended"]
    words = matrix.table()["people"]
    text = HEAD + "".join(f"- **{_short(actor)}**: {words[actor]}\n" for actor in people) + "\n"
    text += "| Address | Method | " + " | ".join(map(_short, people)) + " |\n" + "|---" * (len(people) + 2) + "|\n"
    for name, row in matrix.table()["rows"].items():
        route = f"/{EVERY[matrix.pattern_of(name)].pattern}"
        if ":" in name:
            route = _whole_route(matrix.pattern_of(name))
        named = (row, "variant"), (row.get("with", {}), "scope"), (row.get("body", {}), "scope"), (row, "kinds")
        variant = next((part[key] for part, key in named if part.get(key)), "")
        shown = f"`{route}`" + (f" ({variant})" if variant else "")
        # A second row about what is posted there says nothing new about reading the page.
        for method in ("POST",) if "variant" in row and "body" in row else ("GET", "POST"):
            if method.lower() in row or "any" in row:
                cells = " | ".join(_cell(name, actor, method) for actor in people)
                text += f"| {shown} | {method} | {cells} |\n"
    return text


def _whole_route(name: str) -> str:
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(resolver: URLResolver, before: str, namespace: str) -> dict[str, str]:
        found = {}
        for one in resolver.url_patterns:
            if isinstance(one, URLPattern):
                found[f"{namespace}{one.name}"] = f"{before}{one.pattern}"
            else:
                inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
                found |= walk(one, f"{before}{one.pattern}", inner)
        return found

    return "/" + walk(get_resolver(), "", "")[name].replace("|", "/")


def _short(actor: str) -> str:
    return actor.replace("_", " ")


def _cell(row: str, actor: str, method: str) -> str:
    from tests.access import matrix

    facts = matrix.table()["rows"][row]
    targets = matrix.TARGETS[:3] if facts.get("of") else matrix.TARGETS[:1]
    kind = matrix.kinds(row)[0]
    status = {one: matrix.expected(matrix.Cell(row, actor, method, one, kind)) for one in targets}
    if facts.get("public") and matrix.table()["records"].get(facts.get("of"), {}).get("read_as") == "owner":
        return "its owner's"
    if facts.get("public"):
        return "yes" if status["a"] < 400 else f"yes ({status['a']})"
    if actor in matrix.STRANGERS:
        return "sign-in"
    given = [one for one, code in status.items() if code < 400 or code == 422]
    refused = [one for one, code in status.items() if code == 403]
    if not facts.get("of"):
        return "yes" if given else "no" if refused else str(status["a"])
    if matrix.table()["records"][facts["of"]]["scope"] == "oneself":
        return "own" if given else "–"
    if not given:
        return "no" if refused else "–"
    return ", ".join(given) + (f" ({', '.join(refused)}: no)" if refused else "")


def main() -> None:
    """Write the page."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    FILE.write_text(as_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
