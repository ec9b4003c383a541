"""A process that serves pages leaves the program itself out of the looks for garbage."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.ui.settled_memory import YOUNG

ROOT = Path(__file__).resolve().parents[2]
LOOK = """
import gc, sys, {module}
print(gc.get_freeze_count() > 100_000, gc.get_threshold()[0], "portal.dashboards.views" in sys.modules)
"""


@pytest.mark.parametrize("module", ["portal.wsgi", "portal.asgi"])
def test_the_code_of_every_page_is_loaded_and_no_longer_looked_through(module: str, tmp_path: Path) -> None:
    environment = os.environ | {
        "PORTAL_ENV_FILE": os.devnull,
        "PORTAL_VAR": str(tmp_path),
        "PORTAL_HTTPS": "no",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(module=module)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["True", str(YOUNG), "True"], done.stderr
