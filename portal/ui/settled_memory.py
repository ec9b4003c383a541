"""A process that serves pages looks through its memory for garbage less often, and not through the program itself.

A page makes tens of thousands of objects that are gone with it, by counting references. Python's collector looked
through the young ones 70 times a page, and now and then through all 200,000 objects of the portal and its libraries
while somebody waited: 110 ms for nothing, because the program itself is never garbage.
"""

import gc
from importlib import import_module

from django.urls import get_resolver

#: New objects after which the collector looks through them; Python begins with 700.
YOUNG = 10_000
#: Of the looks through the young ones, after how many it looks through those that stayed, and of these through all.
OLDER = 20


def settle_memory() -> None:
    """Load every page's code now, not with the first visitor, and leave it out of all later looks."""
    # Asking for the addresses by name is what loads them all.
    get_resolver().reverse_dict  # noqa: B018
    # Programs that draw no PDF do without; somebody who asks a page for one should not wait for it.
    import_module("portal.ui.paper")
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDER)
