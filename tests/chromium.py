"""Finds a Chromium for the browser tests, or installs one, or says how."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HOW = (
    "No Chromium was found and none could be installed. Install one and start again: "
    "`apt-get install chromium` (Debian), or `.venv/bin/playwright install --with-deps chromium`."
)


class NoChromium(Exception):
    """There is no usable Chromium on this machine."""


def works(path: str) -> bool:
    """Whether the program starts: Ubuntu's `chromium-browser` may be a note that asks for a snap."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except OSError:
        return False
    return answer.returncode == 0


def find() -> str | None:
    """The path of a Chromium that starts: the machine's own, else the one Playwright downloaded."""
    candidates = [path for name in NAMES if (path := shutil.which(name))]
    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    if Path(bundled).exists():
        candidates.append(bundled)
    return next((path for path in candidates if works(path)), None)


def install() -> None:
    """Try the ways to get a Chromium, one after another, until one is there."""
    ways: list[list[list[str]]] = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.append(
            [["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"]]
        )
    deps = ["--with-deps"] if os.geteuid() == 0 else []
    ways.append([[sys.executable, "-m", "playwright", "install", *deps, "chromium"]])
    for commands in ways:
        print("No Chromium found. Trying:", " && ".join(" ".join(command) for command in commands), flush=True)
        if all(subprocess.run(command, check=False).returncode == 0 for command in commands) and find():
            return


def find_or_install() -> str:
    """The path of a Chromium. Raises NoChromium saying what to do."""
    path = find()
    if path is None:
        install()
        path = find()
    if path is None:
        raise NoChromium(HOW)
    return path
