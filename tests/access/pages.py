"""Pages as a browser reads them: their forms, links and texts."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.urls import resolve

from tests.access import matrix
from tests.access.world import World


class _Reader(HTMLParser):
    """Collects forms that post, links and element names."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self.links: list[str] = []
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self._form: dict[str, list[str]] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        self.elements.append((tag, tuple(attrs)))
        if "href" in own and tag == "a":
            self.links.append(own["href"])
        if tag == "form":
            self._form = {}
            if own.get("method", "get").lower() == "post" or "hx-post" in own:
                self.forms.append((own.get("hx-post") or own.get("action", ""), self._form))
        if "hx-post" in own and tag != "form":
            self.forms.append((own["hx-post"], {}))
        if self._form is None:
            return
        if tag in ("input", "textarea", "button") and own.get("name"):
            self._form.setdefault(own["name"], []).append(own.get("value", ""))
        elif tag == "select":
            self._select = own.get("name", "")
            self._form.setdefault(self._select, [])
        elif tag == "option" and self._select:
            self._form[self._select].append(own.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def read(body: bytes) -> _Reader:
    """The page, read."""
    reader = _Reader()
    reader.feed(body.decode("utf-8", "replace"))
    return reader


def forms_of(body: bytes, path: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Address and fields (with the values they offer) of each form that posts."""
    for action, fields in read(body).forms:
        named = {name: values for name, values in fields.items() if name != "csrfmiddlewaretoken"}
        yield urljoin(path, action or path), named


def with_foreign_ids(
    world: World, action: str, fields: dict[str, list[str]], others: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The form with each id in its address and in its fields replaced by one of somebody else, one at a time."""
    filled = {name: next((value for value in values if value), "1") for name, values in fields.items()}
    kind = kind_named_by(action)
    for letter in others if kind else "":
        old, new = f"/{resolve(action).kwargs['pk']}/", f"/{world.ids[kind][letter]}/"
        yield action.replace(old, new, 1), filled
    for name, value in filled.items():
        bare = value.rpartition("-")[2]
        if not any(one.rpartition("-")[2].isdigit() for one in fields[name]):
            continue
        before = value[: len(value) - len(bare)] if bare.isdigit() else ""
        for kind in KINDS_IN_FORMS:
            yield action, {**filled, name: f"{before}{world.ids[kind][others[0]]}"}


#: What a field with a number may mean.
KINDS_IN_FORMS = ("client", "company", "employee", "person", "staff", "team", "environment")


def kind_named_by(action: str) -> str:
    """The kind of record whose number is in the address; empty when it names none, or one of one's own account."""
    match = resolve(action.split("?")[0])
    for name, row in matrix.table()["rows"].items():
        if matrix.pattern_of(name) == match.view_name and "of" in row and "pk" in match.kwargs:
            kind = matrix.table()["records"][row["of"]]
            return "" if kind["scope"] == "oneself" else str(kind.get("stored", row["of"]))
    return ""
