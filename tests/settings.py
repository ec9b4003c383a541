"""Settings of the test suite: the portal's own, with fixed keys, a cheap password hasher and folders of its own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.update(
    PORTAL_ENV_FILE=os.devnull,
    SECRET_KEY="test-only-" + "x" * 50,
    VAULT_KEYS="9hZYrBCqT9j4eYfB1LyUzL0qZ0hT6C4DIfTvqQqT5cM=",
    HASH_KEY="test-only-" + "h" * 50,
    AUDIT_KEYS="test-only-" + "a" * 50,
    PORTAL_HTTPS="no",
    PORTAL_DEMO="no",
    # How the call budget finds its rate has tests of its own; all others would only wait for it.
    NMBRS_FIXED_RATE="yes",
)
if "TEST_FOLDER" not in os.environ:
    # The processes of pytest-xdist inherit the folder; the one that made it removes it.
    os.environ["TEST_FOLDER"] = tempfile.mkdtemp(prefix="portal-test-")
    atexit.register(shutil.rmtree, os.environ["TEST_FOLDER"], ignore_errors=True)
_folder = Path(os.environ["TEST_FOLDER"])
os.environ["PORTAL_VAR"] = str(_folder / "var")

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES, INSTALLED_APPS  # noqa: E402
from portal.ui import kept_plans  # noqa: E402

# The trail refuses to be emptied; between two tests it must be.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.flushing"]

# A file and not memory, so that threads and processes meet the locks they meet in real life. A name of its own per
# run, so that two runs and a running portal leave each other alone; pytest-xdist adds its worker.
DATABASES["default"]["TEST"] = {
    "NAME": str(_folder / "test.sqlite3")
    if DATABASES["default"]["ENGINE"].endswith("sqlite3")
    else _folder.name.replace("-", "_"),
    # PostgreSQL copies it; a file of SQLite is copied by tests/conftest.py.
    "TEMPLATE": os.environ.get("TEST_TEMPLATE") or None,
}

if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # As pages ask in real life (portal.wsgi). Workers, which tests start as processes of their own, do not.
    DATABASES["default"]["OPTIONS"].update(kept_plans.OPTIONS)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# whitenoise walks the static root for every test client; nothing in it is of use here.
STATIC_ROOT = _folder / "static"
STATIC_ROOT.mkdir(exist_ok=True)
NMBRS_HOSTS = ["http://127.0.0.1"]
