"""`make audit-dependencies`: has a pinned library a known hole? `make sbom`: which libraries a release is made of.

pip-audit says "No known vulnerabilities found" also when it could look nothing up. So a version with a known hole is
audited in the same run: when that is not reported, the answer is "NOT CHECKED". Then the libraries that security hangs
on must at least be the newest patch of their line.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "requirements" / "base.txt"
#: Known since 2019 (CVE-2019-10906), and no library of the portal's.
BAD = ("jinja2", "2.10")
#: What handles requests, sign-in, encryption, hostile XML and the network.
SECURITY_RELEVANT = (
    "argon2-cffi",
    "cryptography",
    "django",
    "django-allauth",
    "django-csp",
    "django-q2",
    "fido2",
    "gunicorn",
    "lxml",
    "psycopg",
    "pyjwt",
    "requests",
    "urllib3",
    "whitenoise",
    "zeep",
)
Run = Callable[[list[str]], "subprocess.CompletedProcess[str]"]


@dataclass
class Audit:
    """What a run of pip-audit said about our pins. `proven`: the hole that is known was found by the same run."""

    proven: bool = False
    looked_up: int = 0
    skipped: list[str] = field(default_factory=list)
    holes: list[str] = field(default_factory=list)

    @property
    def checked(self) -> bool:
        """Whether the answer is worth anything."""
        return self.proven and self.looked_up > 0 and not self.skipped


def run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a program of the virtual environment."""
    program = str(Path(sys.executable).parent / command[0])
    return subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False, timeout=600)


def pins(text: str) -> dict[str, str]:
    """Name and version of each line `name==version` of a compiled file."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,_-]+\])?==([^\s;\\]+)", text, re.MULTILINE))


def audit(pinned: dict[str, str], call: Run = run) -> Audit:
    """Ask the advisory service about every pin, and about the bad one."""
    assert BAD[0] not in pinned, "the version with a hole must not be one of ours"
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "requirements.txt"
        asked.write_text("".join(f"{name}=={version}\n" for name, version in [*pinned.items(), BAD]), encoding="utf-8")
        # Not --strict: it ends at the first library that it could not look up and names no other.
        answer = call(
            ["pip-audit", "--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json", "-r", str(asked)]
        )
    return read(answer.stdout)


def read(answer: str) -> Audit:
    """What pip-audit's JSON comes to. Raises nothing: an answer that cannot be read proves nothing."""
    found = Audit()
    try:
        libraries = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return found
    for one in libraries:
        name = one["name"]
        if "skip_reason" in one:
            found.skipped.append(name)
        elif name == BAD[0]:
            found.proven = bool(one["vulns"])
        else:
            found.looked_up += 1
            found.holes += [f"{name} {one['version']}: {hole['id']}" for hole in one["vulns"]]
    return found


def behind(pinned: dict[str, str], call: Run = run) -> tuple[list[str], list[str]]:
    """Of the libraries that security hangs on: those with a newer patch of their line, and those nobody could tell."""
    old, unknown = [], []
    for name in [name for name in SECURITY_RELEVANT if name in pinned]:
        answer = call(["pip", "index", "versions", name])
        listed = re.search(r"^Available versions: (.+)$", answer.stdout, re.MULTILINE)
        if listed is None:
            unknown.append(name)
            continue
        newest = newest_of_line(pinned[name], listed[1].split(", "))
        if newest != pinned[name]:
            old.append(f"{name} {pinned[name]}: {newest} is there")
    return old, unknown


def newest_of_line(version: str, others: Iterable[str]) -> str:
    """The newest final version with the same first two numbers as `version`."""
    line = version.split(".")[:2]
    same = [one for one in others if one.split(".")[:2] == line and re.fullmatch(r"[0-9]+(\.[0-9]+)*", one)]
    return max([version, *same], key=lambda one: [int(part) for part in re.findall(r"\d+", one)])


def report(pinned: dict[str, str], call: Run = run) -> int:
    """Print what was found and return the exit code: 0 only when nothing speaks against these versions."""
    found = audit(pinned, call)
    if found.holes:
        print("Libraries with known holes:\n  " + "\n  ".join(found.holes))
        return 1
    if found.checked and found.looked_up == len(pinned):
        print(f"{found.looked_up} libraries looked up, no known hole; the one with a hole was reported as one.")
        return 0
    print(
        f"NOT CHECKED for known holes: the advisory service told nothing about {len(pinned) - found.looked_up} of "
        f"{len(pinned)} libraries" + ("." if found.proven else " and did not report the version with a known hole.")
    )
    old, unknown = behind(pinned, call)
    if unknown:
        print(f"Nor could the newest version be found of: {', '.join(unknown)}.")
    if old:
        print("Not the newest patch of their line:\n  " + "\n  ".join(old))
    if old or unknown:
        return 1
    count = len([name for name in SECURITY_RELEVANT if name in pinned])
    print(f"The {count} libraries that security hangs on are the newest patch of their line.")
    return 0


def bill(path: Path, call: Run = run) -> int:
    """Write the list of libraries of a release (CycloneDX), with hashes, to `path`."""
    command = ["cyclonedx-py", "requirements", "--output-reproducible", "--output-format", "JSON", "--pyproject"]
    answer = call([*command, str(ROOT / "pyproject.toml"), "--output-file", str(path), str(PINS)])
    if answer.returncode:
        print(answer.stderr)
        return answer.returncode
    there = {one["name"] for one in json.loads(path.read_text(encoding="utf-8"))["components"]}
    missing = sorted(pins(PINS.read_text(encoding="utf-8")).keys() - {name.lower() for name in there})
    print(f"{path}: {len(there)} libraries" + (f"; missing: {', '.join(missing)}" if missing else ""))
    return 1 if missing else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bill"]:
        sys.exit(bill(Path(sys.argv[2])))
    sys.exit(report(pins(PINS.read_text(encoding="utf-8"))))
