"""A log at DEBUG in which everything ends that anybody logs, written as the portal's own log is."""

import io
import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.conf import settings


@pytest.fixture
def whole_log() -> Iterator[io.StringIO]:
    """Everything that is logged at any level, through the formatter of the settings."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    maker = logging.config.DictConfigurator(settings.LOGGING)
    handler.setFormatter(maker.configure_formatter(dict(settings.LOGGING["formatters"]["line"])))  # type: ignore[arg-type]
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)
