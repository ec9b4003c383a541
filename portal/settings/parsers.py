"""Readers of single environment values: strict where django-environ is lenient."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environ import Env

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


def switch(env: Env, name: str, *, default: bool) -> bool:
    """A yes/no setting. Any word outside the known ones stops the start: `Ture` must not mean "no"."""
    word = env.str(name, default="").strip().lower()
    if word == "":
        return default
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name}={word!r} is neither yes nor no. Use one of: true, false, yes, no, 1, 0.")


def items(env: Env, name: str, *, default: str = "") -> list[str]:
    """A comma-separated list without blanks around or between its items."""
    return [item.strip() for item in env.str(name, default=default).split(",") if item.strip()]


def required(env: Env, name: str, hint: str) -> str:
    """A value that has no safe default; empty counts as missing."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint}")
    return value


def whole_number(env: Env, name: str, *, default: int, least: int = 0) -> int:
    """A whole number of at least `least`; empty counts as not set."""
    text = env.str(name, default="").strip()
    if text == "":
        return default
    try:
        number = int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={text!r} is not a whole number.") from None
    if number < least:
        raise ImproperlyConfigured(f"{name}={number} is too small: the least is {least}.")
    return number


def folder(env: Env, name: str, *, default: Path) -> Path:
    """An absolute folder path; a relative one is taken from the current folder once, at start."""
    return Path(env.str(name, default="") or default).expanduser().resolve()
