"""The vendored front end is exactly what VENDORED.toml lists, and refers to nothing that is not served."""

import hashlib
import re
import tomllib

import pytest
from django.conf import settings

TOP = settings.BASE_DIR
VENDOR = TOP / "static" / "vendor"
ICONS = TOP / "portal" / "ui" / "icons"
PACKAGES = tomllib.loads((VENDOR / "VENDORED.toml").read_text(encoding="utf-8"))["package"]
LISTED = {path: digest for package in PACKAGES for path, digest in package["files"].items()}


def test_a_listed_file_has_its_listed_hash() -> None:
    assert LISTED
    assert {path: hashlib.sha256((TOP / path).read_bytes()).hexdigest() for path in LISTED} == LISTED


def test_every_vendored_file_is_listed() -> None:
    present = {path for path in [*VENDOR.rglob("*"), *ICONS.glob("*.svg")] if path.is_file()}
    unlisted = {str(path.relative_to(TOP)) for path in present} - set(LISTED)
    assert unlisted == {"static/vendor/VENDORED.toml"}


def test_every_package_names_its_licence_and_carries_the_text() -> None:
    for package in PACKAGES:
        assert package["licence"], package["name"]
        assert any(path.endswith("LICENSE") for path in package["files"]), package["name"]


@pytest.mark.parametrize("path", sorted(path for path in LISTED if path.endswith((".css", ".js"))))
def test_a_vendored_file_refers_to_no_other_file(path: str) -> None:
    text = (TOP / path).read_text(encoding="utf-8")
    assert "sourceMappingURL" not in text
    addresses = re.findall(r"url\(\s*['\"]?([^'\")\s]+)", text) if path.endswith(".css") else []
    assert [address for address in addresses if not address.startswith(("data:", "#"))] == []
