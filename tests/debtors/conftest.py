"""A mirror that was filled over the wire, as the tests of the sync have it."""

from tests.sync.conftest import filled, mirrored, no_waiting, sandbox

__all__ = ["filled", "mirrored", "no_waiting", "sandbox"]
