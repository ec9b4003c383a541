"""`make test`: which lanes there are, and that a missing or empty one is never taken for a passed one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import lanes

NOWHERE = "postgres://postgres@127.0.0.1:1/"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", "postgres://postgres@127.0.0.1:5432/postgres"),
        ("postgres://u:p@db:5433/", "postgres://u:p@db:5433/postgres"),
        ("postgres://u:p@db:5433/other?sslmode=require", "postgres://u:p@db:5433/other?sslmode=require"),
    ],
)
def test_the_server_for_tests_has_an_address_with_a_database(monkeypatch, given, used):
    monkeypatch.setenv("TEST_POSTGRES_URL", given)
    assert lanes.postgres_url() == used


def test_a_server_that_is_not_there_is_a_problem():
    assert "refused" in lanes.postgres_problem(f"{NOWHERE}postgres")


def test_every_test_belongs_to_a_lane_and_long_ones_to_the_long_run():
    short = [lane.select for lane in lanes.lanes(False, "postgres://x/y", "/usr/bin/chromium")]
    assert short == ["not long and not browser", "not long and browser", "not long and database and not browser"]
    long = [lane.select for lane in lanes.lanes(True, "postgres://x/y", "/usr/bin/chromium")]
    assert long == [
        "long and not browser",
        "long and browser",
        "(long and database or pages) and not browser",
        "not long and not browser",
    ]
    assert len(lanes.lanes(False, "", "/usr/bin/chromium")) == 2
    assert len(lanes.lanes(True, "", "/usr/bin/chromium")) == 3


def test_the_long_run_watches_the_log_of_the_quick_tests_at_every_level():
    watched = [lane.name for lane in lanes.lanes(True, "", "") if lane.environment.get("LEAK_LOG") == "DEBUG"]
    assert watched == ["log at DEBUG"]
    assert not [lane for lane in lanes.lanes(False, "", "") if "LEAK_LOG" in lane.environment]


def test_each_lane_names_its_database_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://real@db/portal")
    for lane in lanes.lanes(False, "postgres://tests/y", "/usr/bin/chromium"):
        assert lane.environment["DATABASE_URL"] == ("postgres://tests/y" if lane.name == "PostgreSQL" else "")


def test_a_quick_lane_of_one_marker_reads_only_files_that_name_it():
    quick = lanes.lanes(False, "postgres://tests/y", "/usr/bin/chromium")
    assert [lane.environment.get("TEST_MARKER", "") for lane in quick] == ["", "browser", "database"]


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`make test` over the tests of a folder."""
    settings = {name: value for name, value in os.environ.items() if name not in {"TEST_FOLDER", "PYTEST_ADDOPTS"}}
    # Of the portal itself these runs need nothing. In one process: four would each collect for longer than they test.
    bare = ["-c", os.devnull, "--rootdir", str(folder), "-p", "no:django", "-p", "no:cacheprovider", "-n", "0"]
    command = [sys.executable, "-m", "tests.lanes", *bare, str(folder), *arguments]
    settings |= {
        "TEST_POSTGRES_URL": NOWHERE,
        "REQUIRE_POSTGRES": "",
        "TEST_TEMPLATE": os.devnull,
        "TEST_CHROMIUM": sys.executable,
        **environment,
    }
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=False)


def test_a_lane_that_could_not_run_is_said_not_to_have_run(tmp_path):
    (tmp_path / "test_right.py").write_text("def test_right():\n    assert True\n")
    answer = run(tmp_path, "-k", "nothing_has_this_name")
    assert answer.returncode == 0
    assert re.search(r"^PostgreSQL +NOT RUN, no server answers", answer.stdout, re.MULTILINE)
    assert answer.stdout.count("nothing selected") == 2


def test_a_server_that_is_required_and_missing_is_a_failure_that_says_how_to_start_one(tmp_path):
    answer = run(tmp_path, REQUIRE_POSTGRES="1")
    assert answer.returncode == 1
    assert "docker run" in answer.stdout


def test_a_failing_lane_fails_the_whole(tmp_path):
    (tmp_path / "test_wrong.py").write_text("def test_wrong():\n    assert False\n")
    answer = run(tmp_path)
    assert answer.returncode == 1
    assert re.search(r"^SQLite +FAILED in \d+ s \(exit code 1\)$", answer.stdout, re.MULTILINE)


@pytest.mark.parametrize(("code", "lanes_that_run"), [(2, 0), (0, 2)])
def test_no_lane_runs_after_checks_that_failed(tmp_path, code, lanes_that_run):
    (tmp_path / "test_right.py").write_text("def test_right():\n    assert True\n")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "make").write_text(f"#!/bin/sh\necho checked $*\nexit {code}\n")
    (programs / "make").chmod(0o700)
    answer = run(tmp_path, "--check", "-k", "right", PATH=f"{programs}:{os.environ['PATH']}")
    assert re.search(r"^checked .*check$", answer.stdout, re.MULTILINE)
    assert answer.stdout.count("===") == 2 * lanes_that_run
    assert answer.returncode == (1 if code else 0)


def test_of_lanes_beside_one_another_each_is_heard_and_the_one_that_fails_is_told(tmp_path, capfd):
    made = []
    for name, claim in (("first", "True"), ("second", "False"), ("third", "True")):
        file = tmp_path / f"test_{name}.py"
        file.write_text(f"def test_{name}():\n    assert {claim}\n")
        options = ["-c", os.devnull, "--rootdir", str(tmp_path), "-p", "no:cacheprovider", "-rA", str(file)]
        made.append(lanes.Lane(name, "not long", options, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}))
    outcome = lanes._outcomes(made, [], may_be_empty=False)
    assert [text.split(" in ")[0] for text in outcome.values()] == ["passed", "FAILED", "passed"]
    said = capfd.readouterr().out
    assert [said.count(f"::test_{name}") > 0 for name in outcome] == [True, True, True]
    # Nothing of one between the lines of another.
    assert said.index("=== second") < said.index("::test_second") < said.index("=== third") < said.index("::test_third")
