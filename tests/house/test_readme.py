"""What the README tells people to do can be done."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

TOP = Path(__file__).resolve().parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", README, re.MULTILINE))))
def test_every_make_target_named_exists(target):
    assert target in TARGETS


@pytest.mark.parametrize("command", sorted(set(re.findall(r"manage\.py ([a-z_]+)", README))))
def test_every_command_named_exists(command):
    assert command in get_commands()


@pytest.mark.parametrize("room", sorted(set(re.findall(r"`(portal/\w+)`", README))))
def test_every_room_named_exists(room):
    assert (TOP / room / "__init__.py").is_file()


def test_every_room_is_named():
    rooms = {f"portal/{path.parent.name}" for path in (TOP / "portal").glob("*/__init__.py")} - {"portal/settings"}
    assert rooms == set(re.findall(r"`(portal/\w+)`", README))


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_to_a_file(link):
    assert (TOP / link).exists()


def test_every_target_has_a_line_in_the_help():
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    phony = set(re.findall(r"^\.PHONY: (\S+)", makefile, re.MULTILINE))
    assert phony == set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert len(phony) > 10


def test_the_readme_names_settings_that_exist():
    documented = set(re.findall(r"^([A-Z_]+)=", (TOP / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)[=`]", README)) - {"TEST_POSTGRES_URL", "NMBRS_TOKEN"}
    assert named
    assert named <= documented


def test_the_steps_of_every_list_are_numbered_one_by_one():
    before = 0
    for number in map(int, re.findall(r"^(\d+)\. ", README, re.MULTILINE)):
        assert number in (1, before + 1)
        before = number
    assert before
