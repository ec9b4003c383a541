"""`python -m tests.security.mutation [pytest arguments]`: does a test fail for each guard that is switched off?

MUTANTS=pattern takes only the guards whose name it is found in (a regular expression).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: The tests that speak about who may what.
ABOUT_ACCESS = (
    "tests/accounts",
    "tests/administration",
    "tests/access/test_admin.py",
    "tests/access/test_matrix.py",
    "tests/access/test_redirects.py",
    "tests/access/test_scope_at_pages.py",
    "tests/access/test_seeing.py",
    "tests/access/test_seen_by_right.py",
    "tests/access/test_task_arguments.py",
    "tests/access/test_threats.py",
    "tests/audit",
    "tests/companies",
    "tests/connections",
    "tests/dashboards",
    "tests/deadlines",
    "tests/debtors",
    "tests/demo/test_door.py",
    "tests/employees",
    "tests/jobs",
    "tests/nmbrs_soap/test_addresses.py",
    "tests/privacy",
    "tests/search",
    "tests/security/test_guards_of_rights.py",
    "tests/security/test_queue.py",
    "tests/selfservice",
    "tests/sync_pages",
    "tests/ui",
)


def main(arguments: list[str]) -> int:
    """Run pytest with the plugin; 0 only when every mutant was killed."""
    result = os.environ.setdefault("MUTATION_RESULT", str(Path(tempfile.gettempdir()) / "portal-mutation.json"))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.security.mutation.plugin",
        "-m",
        "not long and not browser",
    ]
    code = subprocess.run(
        [*command, *(arguments or ABOUT_ACCESS)], env={**os.environ, "DATABASE_URL": ""}, check=False
    ).returncode
    print(f"The result lies in {result}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
