"""Reading a page as a person does: its tables as rows of text by heading."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def table(client: Client, address: str = "/") -> list[dict[str, str]]:
    """The rows of the first table of a page by heading, as text; with a footer the last one holds the totals."""
    answer = client.get(address)
    assert answer.status_code == 200
    return tables(answer.content.decode())[0] if "<table" in answer.content.decode() else []


def tables(page: str) -> list[list[dict[str, str]]]:
    """Every table of a page."""
    return [_rows(found) for found in re.findall(r"<table.*?</table>", page, re.S)]


def text(html: str) -> str:
    """What is left of a piece of HTML without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@contextmanager
def queries_at_most(most: int) -> Iterator[None]:
    """The block asks no more than this, what a look leaves in the trail among it.

    Where a transaction has a beginning and an end of its own is not a question.
    """
    with CaptureQueriesContext(connection) as captured:
        yield
    texts = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(texts) <= most, f"{len(texts)}\n" + "\n".join(texts)


def _rows(found: str) -> list[dict[str, str]]:
    head, body = re.split(r"</thead>", found)
    heads = [text(cell) for cell in _cells(head)]
    return [dict(zip(heads, map(text, _cells(row)), strict=True)) for row in re.findall(r"<tr\b.*?</tr>", body, re.S)]


def _cells(row: str) -> list[str]:
    return re.findall(r"<(?:th|td)\b.*?</(?:th|td)>", row, re.S)
