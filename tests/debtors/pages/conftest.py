"""The fixed day that the tests of the company's pages have."""

from tests.companies.pages.conftest import the_day

__all__ = ["the_day"]
