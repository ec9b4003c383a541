"""A change of several companies, as a person makes it: asked, read, agreed to."""

import re
from typing import Any

from django.test import Client

BULK = "/deadlines/several/"


def asked(browser: Client, posted: dict[str, Any]) -> dict[str, Any]:
    """What the page that says what is covered sends when somebody agrees to it."""
    page = browser.post(BULK, posted).content.decode()
    found = re.search(r'name="confirmed" value="([^"]+)"', page)
    assert found, "The page asks for no agreement."
    return {**posted, "confirmed": found.group(1)}


def agree(browser: Client, posted: dict[str, Any]) -> str:
    """Ask, agree, and read the page after it."""
    answer = browser.post(BULK, asked(browser, posted), follow=True)
    return answer.content.decode()
