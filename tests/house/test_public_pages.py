"""Which pages anybody can reach: a short list, and everything else asks for a sign-in."""

from collections.abc import Iterator
from itertools import product

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

PUBLIC = {
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "accounts:invitation",
    "accounts:invitation_link",
    "accounts:office_sign_in",
    "accounts:office_sign_in_failed",
    "accounts:sign_in",
    "accounts:sign_out",
    "deadlines:feed",
    "mfa_authenticate",
    "openid_connect_callback",
    "openid_connect_login",
    "ui:language",
}


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from patterns(one, inner)
        else:
            yield f"{namespace}{one.name}", one


EVERY = dict(patterns(get_resolver()))


def test_only_these_pages_are_marked_as_open_to_anybody():
    assert {name for name, one in EVERY.items() if not getattr(one.callback, "login_required", True)} == PUBLIC


def test_every_page_has_a_name():
    assert "None" not in {name.rsplit(":", 1)[-1] for name in EVERY}
    assert len(EVERY) > 8


def address(name: str) -> str:
    """An address of the page with some values for its parameters."""
    pattern = EVERY[name].pattern
    names = list(pattern.converters or pattern.regex.groupindex)
    for values in product(("1", "0" * 32, "2026-11-22", "debtor"), repeat=len(names)):
        try:
            return reverse(name, kwargs=dict(zip(names, values, strict=True)))
        except NoReverseMatch:
            continue
    raise AssertionError(f"no value of this test fits the parameters of {name}")


METHODS = ("get", "post", "put", "patch", "delete", "options", "head")


def test_every_other_page_sends_strangers_to_the_sign_in_page(client, db):
    for name, method in product(sorted(EVERY.keys() - PUBLIC), METHODS):
        answer = getattr(client, method)(address(name))
        assert answer.status_code == 302, (name, method)
        assert answer["Location"].startswith("/sign-in/?next="), (name, method)
