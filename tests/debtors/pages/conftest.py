"""A fixed day and a client that is signed in, as the tests of the company's pages have them."""

from tests.companies.pages.conftest import as_user, the_day

__all__ = ["as_user", "the_day"]
