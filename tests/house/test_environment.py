"""Every setting is documented once, and everything documented is a setting."""

import re
from pathlib import Path

import pytest

from portal.demo.environment import DemoEnvironment

TOP = Path(__file__).resolve().parents[2]
READ = re.compile(r'(?:switch|items|required|whole_number|folder)\(\s*env, "(\w+)"|env\.str\(\s*"(\w+)"')


def settings_read() -> set[str]:
    source = (TOP / "portal" / "settings" / "__init__.py").read_text(encoding="utf-8")
    return {one or other for one, other in READ.findall(source)}


def documented() -> list[str]:
    lines = (TOP / ".env.example").read_text(encoding="utf-8").splitlines()
    return [line.split("=", 1)[0] for line in lines if re.match(r"[A-Z_]+=", line)]


def test_every_setting_is_in_the_example_once_and_nothing_else_is():
    assert len(settings_read()) > 10
    assert sorted(settings_read()) == sorted(documented())


def test_every_setting_in_the_example_has_a_line_that_explains_it():
    lines = (TOP / ".env.example").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"[A-Z_]+=", line):
            assert lines[number - 1].startswith("# "), line


def test_only_the_settings_read_the_environment():
    """Beside the settings: the demo, which prepares an environment, and a token that must not become a setting."""
    allowed = {"settings/__init__.py", "wsgi.py", "asgi.py", "demo/__main__.py", "demo/environment.py"}
    allowed |= {"connections/management/commands/connect.py"}
    readers = {
        str(path.relative_to(TOP / "portal"))
        for path in (TOP / "portal").rglob("*.py")
        if re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))
    }
    assert readers <= allowed


@pytest.mark.parametrize("name", sorted(settings_read()))
def test_the_demo_sets_every_setting_so_that_none_of_a_real_installation_reaches_it(name, tmp_path):
    assert name in DemoEnvironment(tmp_path, 8000, 8100).settings()
