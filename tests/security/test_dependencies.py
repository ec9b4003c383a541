"""The audit of the libraries is never green without a look."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.security.dependencies import BAD, PINS, SECURITY_RELEVANT, audit, bill, newest_of_line, pins, report

OURS = {"django": "5.2.19", "lxml": "6.0.2"}
CLEAN: list[dict[str, Any]] = [{"name": name, "version": version, "vulns": []} for name, version in OURS.items()]
PROOF = {"name": BAD[0], "version": BAD[1], "vulns": [{"id": "PYSEC-2019-217"}]}


class Programs:
    """Answers in place of pip-audit and pip, and what they were asked."""

    def __init__(self, libraries: object, newest: dict[str, str] | None = None) -> None:
        self.libraries, self.newest = libraries, newest or {}
        self.asked: list[str] = []

    def __call__(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        if command[0] == "pip-audit":
            self.asked = Path(command[-1]).read_text(encoding="utf-8").splitlines()
            said = self.libraries if isinstance(self.libraries, str) else json.dumps({"dependencies": self.libraries})
            return subprocess.CompletedProcess(command, 0, said, "")
        newest = self.newest.get(command[-1])
        said = f"{command[-1]} ({newest})\nAvailable versions: {newest}, 1.0\n" if newest else ""
        return subprocess.CompletedProcess(command, 0 if newest else 1, said, "")


def test_a_clean_audit_has_looked_everything_up_and_found_the_hole_that_is_known(capsys) -> None:
    programs = Programs([*CLEAN, PROOF])
    assert report(OURS, programs) == 0
    assert "2 libraries looked up" in capsys.readouterr().out
    assert programs.asked == ["django==5.2.19", "lxml==6.0.2", "jinja2==2.10"]


def test_threat_42_a_hole_is_red(capsys) -> None:
    hole = {**CLEAN[0], "vulns": [{"id": "PYSEC-2026-1"}]}
    assert report(OURS, Programs([hole, CLEAN[1], PROOF])) == 1
    assert "django 5.2.19: PYSEC-2026-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        # What pip-audit 2.10.1 says, with exit code 0, on a machine that cannot reach the service.
        [{"name": name, "skip_reason": "could not be audited"} for name in (*OURS, BAD[0])],
        [*CLEAN, {**PROOF, "vulns": []}],
        [CLEAN[0], {"name": "lxml", "skip_reason": "x"}, PROOF],
        [CLEAN[0], PROOF],
        CLEAN,
        [],
        "",
        "No known vulnerabilities found",
        "{}",
    ],
    ids=["all skipped", "hole unseen", "one skipped", "one missing", "no proof", "nothing", "empty", "text", "object"],
)
def test_an_audit_that_proves_nothing_is_called_not_checked(answer: object, capsys) -> None:
    newest = dict(OURS)
    assert report(OURS, Programs(answer, newest)) == 0
    said = capsys.readouterr().out
    assert said.startswith("NOT CHECKED for known holes")
    assert "The 2 libraries that security hangs on are the newest patch" in said


def test_without_the_service_an_old_patch_is_red(capsys) -> None:
    assert report(OURS, Programs([], {"django": "5.2.20", "lxml": "6.0.2"})) == 1
    assert "django 5.2.19: 5.2.20 is there" in capsys.readouterr().out


def test_when_nothing_at_all_can_be_found_out_it_is_red(capsys) -> None:
    assert report(OURS, Programs([])) == 1
    assert "Nor could the newest version be found of: django, lxml" in capsys.readouterr().out


def test_lines_and_final_versions() -> None:
    others = ["6.1", "6.0.1", "5.2.20", "5.2.9", "5.2.21rc1", "5.20.1", "5.1.30"]
    assert newest_of_line("5.2.19", others) == "5.2.20"
    assert newest_of_line("5.2.30", others) == "5.2.30"


def test_every_pin_of_the_portal_is_read_and_what_matters_most_is_among_them() -> None:
    text = PINS.read_text(encoding="utf-8")
    pinned = pins(text)
    assert len(pinned) == len([line for line in text.splitlines() if line[:1].isalnum()])
    assert {"django", "django-allauth", "cryptography", "lxml", "zeep", "gunicorn"} <= pinned.keys()
    assert len([name for name in SECURITY_RELEVANT if name in pinned]) >= 10
    assert text.count("--hash=sha256:") >= len(pinned)


def test_the_real_program_is_never_believed_without_proof() -> None:
    """Also where no service can be reached, as in the tests."""
    found = audit({"django": "5.2.19"})
    assert found.proven or not found.checked


def test_the_bill_of_a_release_names_every_library_with_its_hashes(tmp_path: Path, capsys) -> None:
    path = tmp_path / "sbom.json"
    assert bill(path) == 0
    made = json.loads(path.read_text(encoding="utf-8"))
    assert (made["bomFormat"], made["metadata"]["component"]["name"]) == ("CycloneDX", "nmbrs-portal")
    assert {one["name"] for one in made["components"]} == pins(PINS.read_text(encoding="utf-8")).keys()
