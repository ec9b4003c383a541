"""The grade of the MDN HTTP Observatory (src/grader/charts.js), worked out from one answer."""

from collections.abc import Mapping

FIRST_GAIN = 90
A_PLUS = 100


def grade(headers: Mapping[str, str], cookies: list[str], *, own_origin: str = "") -> tuple[int, list[str]]:
    """Points, and why they are not the most. `cookies`: the Set-Cookie lines of the answer."""
    low = {name.lower(): value for name, value in headers.items()}
    losses, gains = [], []
    policy = directives(low.get("content-security-policy", ""))
    scripts = policy.get("script-src", policy.get("default-src", []))

    if not policy:
        losses.append((25, "no Content-Security-Policy"))
    elif "'unsafe-inline'" in scripts or "'unsafe-eval'" in scripts:
        losses.append((20, "scripts may be inline"))
    elif "'unsafe-inline'" not in str(policy):
        strictest = policy.get("default-src") == ["'none'"]
        gains.append((10, "default-src 'none'") if strictest else (5, "no unsafe-inline"))
    if any(source in ("*", "http:", "https:", "data:") for source in scripts):
        losses.append((20, "scripts from anywhere"))
    age = [part.strip() for part in low.get("strict-transport-security", "").split(";")]
    seconds = next((int(part.removeprefix("max-age=")) for part in age if part.startswith("max-age=")), 0)
    if seconds < 15_768_000:
        losses.append((20 if not seconds else 10, "HSTS is missing or short"))
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        session = "session" in cookie.split("=")[0]
        if "secure" not in parts:
            losses.append((40 if session else 20, f"cookie without Secure: {cookie.split('=')[0]}"))
        if session and "httponly" not in parts:
            losses.append((30, "session cookie without HttpOnly"))
        if "samesite=lax" not in parts and "samesite=strict" not in parts:
            losses.append((20, f"cookie without SameSite: {cookie.split('=')[0]}"))
    if not [loss for loss in losses if "cookie" in loss[1]]:
        gains.append((5, "cookies"))
    if policy.get("frame-ancestors") in (["'none'"], ["'self'"]):
        gains.append((5, "frame-ancestors"))
    elif low.get("x-frame-options", "").upper() not in ("DENY", "SAMEORIGIN"):
        losses.append((20, "may be framed"))
    if low.get("x-content-type-options") != "nosniff":
        losses.append((5, "no nosniff"))
    referrer = low.get("referrer-policy", "")
    if referrer in ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"):
        gains.append((5, "referrer policy"))
    elif referrer:
        losses.append((5, "referrer policy leaks"))
    if low.get("access-control-allow-origin", own_origin) != own_origin:
        losses.append((50, "other sites may read this"))
    if low.get("cross-origin-resource-policy") in ("same-origin", "same-site"):
        gains.append((10, "CORP"))
    if low.get("cross-origin-opener-policy") == "same-origin":
        gains.append((10, "COOP"))

    points = 100 - sum(lost for lost, _ in losses)
    if points >= FIRST_GAIN:
        points += sum(won for won, _ in gains)
    return points, [why for _, why in losses]


def directives(policy: str) -> dict[str, list[str]]:
    """A content security policy by directive."""
    parts = [part.split() for part in policy.split(";") if part.split()]
    return {name: sources for name, *sources in parts}
