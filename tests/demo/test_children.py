"""The programs of a demo leave nothing behind, however they or the demo end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.demo.child import Child

#: Starts a program of its own that does not listen to SIGTERM, writes both ids, and waits.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
deep = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
print(os.getpid(), deep.pid, flush=True)
time.sleep(600)
"""


def runs(pid: int) -> bool:
    """Whether the process does something still; one that only waits to be collected does not."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def wait_for(what, seconds: float = 10.0):
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer


def test_a_program_that_does_not_listen_is_ended_with_everything_it_started(tmp_path):
    child = Child("stubborn", ["-c", STUBBORN], os.environ, tmp_path / "log")
    pids = [int(pid) for pid in wait_for(child.tail).split()]
    assert all(runs(pid) for pid in pids)
    child.ask_to_stop()
    child.stop()
    assert child.exit_code() == -signal.SIGKILL
    wait_for(lambda: not any(runs(pid) for pid in pids))


def test_a_program_that_listens_stops_at_once(tmp_path):
    child = Child(
        "polite", ["-c", "import time; print('up', flush=True); time.sleep(600)"], os.environ, tmp_path / "log"
    )
    wait_for(child.tail)
    started = time.monotonic()
    child.ask_to_stop()
    child.stop()
    assert child.exit_code() == -signal.SIGTERM
    assert time.monotonic() - started < 2


def test_the_last_words_of_a_program_are_kept(tmp_path):
    child = Child("brief", ["-c", "raise SystemExit('no such luck')"], os.environ, tmp_path / "log")
    assert wait_for(child.exit_code) == 1
    child.stop()
    assert child.tail() == "no such luck"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_even_when_the_demo_itself_is_killed_its_programs_end(tmp_path):
    waits = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    code = (
        "import os, signal, sys, time; from pathlib import Path; from portal.demo.child import Child\n"
        f"child = Child('x', ['-c', {waits!r}], os.environ, Path({str(tmp_path / 'log')!r}))\n"
        "while not child.tail(): time.sleep(0.05)\n"
        "print(child.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == -signal.SIGKILL
    wait_for(lambda: not runs(int(answer.stdout)))
