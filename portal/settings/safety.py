"""What makes settings unsafe for others to reach: one list, for the system check and for the start of web servers."""

from typing import Any

from cryptography.fernet import Fernet

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})
#: Django's own measure of a SECRET_KEY (security.W009), for each of our keys that is not random bytes.
SHORTEST_KEY, FEWEST_SIGNS = 50, 5


def unsafe_reasons(settings: Any) -> list[str]:
    """Why nobody but this machine may reach a portal with these settings; empty when all is well."""
    reasons = []
    beyond = sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK_NAMES)
    if "*" in settings.ALLOWED_HOSTS:
        reasons.append("ALLOWED_HOSTS holds *: mails and redirects would name whatever host a visitor chooses.")
    reasons += _reasons_of_the_trail(settings)
    if not settings.HTTPS:
        if beyond:
            reasons.append(f"PORTAL_HTTPS is off, and ALLOWED_HOSTS reaches beyond this machine: {', '.join(beyond)}.")
        if settings.BEHIND_PROXY:
            reasons.append("PORTAL_HTTPS is off behind a proxy: cookies would travel unencrypted.")
        return reasons
    if settings.DEBUG:
        reasons.append("PORTAL_DEBUG is on: error pages would show settings and personal data.")
    for name in ("SECRET_KEY", "HASH_KEY"):
        if _weak(getattr(settings, name)):
            reasons.append(f"{name} is too short or too plain: at least {SHORTEST_KEY} random letters and digits.")
    for name in ("SECRET_KEY_FALLBACKS", "HASH_KEY_FALLBACKS"):
        if any(_weak(key) for key in getattr(settings, name)):
            reasons.append(f"{name} holds a key of fewer than {SHORTEST_KEY} random letters and digits.")
    if {settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS} & _hash_keys(settings):
        reasons.append("SECRET_KEY and HASH_KEY are the same, or one is an earlier value of the other.")
    if not all(_is_vault_key(key) for key in settings.VAULT_KEYS):
        reasons.append("VAULT_KEYS holds something that is no key: `manage.py new_key VAULT_KEYS --print` prints one.")
    plain = [origin for origin in settings.CSRF_TRUSTED_ORIGINS if not origin.startswith("https://")]
    if plain:
        reasons.append(f"CSRF_TRUSTED_ORIGINS trusts a page without https: {', '.join(plain)}.")
    if beyond and not settings.PORTAL_URL:
        reasons.append("PORTAL_URL is not set: links in mails would name no host, or the one that a visitor chose.")
    if settings.PORTAL_URL and not settings.PORTAL_URL.startswith("https://"):
        reasons.append("PORTAL_URL is without https, so links in mails would be too.")
    if any(not issuer.startswith("https://") for issuer in settings.SIGN_ON_ISSUERS):
        reasons.append("SIGN_ON_ISSUERS holds an address without https.")
    if bool(settings.BEHIND_PROXY) != bool(settings.PROXY_COUNT):
        reasons.append(
            "PORTAL_BEHIND_PROXY and PORTAL_PROXY_COUNT disagree: visitors would share one address or choose their own."
        )
    return reasons


def _reasons_of_the_trail(settings: Any) -> list[str]:
    """Whoever could guess a key could write entries; one key for two purposes would give both away at once."""
    reasons = []
    if any(_weak(key) for key in settings.AUDIT_KEYS):
        reasons.append(f"AUDIT_KEYS holds a key of fewer than {SHORTEST_KEY} random letters and digits.")
    others = {settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *_hash_keys(settings), *settings.VAULT_KEYS}
    if others & set(settings.AUDIT_KEYS):
        reasons.append("AUDIT_KEYS holds a key that is used for something else too.")
    return reasons


def _hash_keys(settings: Any) -> set[str]:
    return {settings.HASH_KEY, *settings.HASH_KEY_FALLBACKS}


def _weak(key: str) -> bool:
    return len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_SIGNS


def _is_vault_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
