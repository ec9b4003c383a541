"""A change of several companies, as a person makes it: asked, read, agreed to."""

import re
from typing import Any

from django.test import Client

LIST = "/deadlines/"


def send(browser: Client, posted: dict[str, Any], **kwargs: Any) -> Any:
    """Post the form of the list; `filter`: the query of the list's own address."""
    fields = dict(posted)
    query = fields.pop("filter", "")
    return browser.post(f"{LIST}?{query}" if query else LIST, fields, **kwargs)


def asked(browser: Client, posted: dict[str, Any]) -> dict[str, Any]:
    """What the page that says what is covered sends when somebody agrees to it."""
    page = send(browser, posted).content.decode()
    found = re.search(r'name="confirmed" value="([^"]+)"', page)
    assert found, "The page asks for no agreement."
    return {**posted, "confirmed": found.group(1)}


def agree(browser: Client, posted: dict[str, Any]) -> str:
    """Ask, agree, and read the page after it."""
    answer = send(browser, asked(browser, posted), follow=True)
    return answer.content.decode()
