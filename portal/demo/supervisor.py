"""Runs the demo: an embedded Nmbrs, the set-up, the portal and one worker, until Ctrl-C."""

import fcntl
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from portal.clock import today
from portal.demo.child import Child
from portal.demo.environment import DemoEnvironment

#: Seconds until a started program must answer.
START = 60.0
MANAGE = "manage.py"


class Refused(Exception):
    """The demo cannot start or go on; the text says why and what to do."""


class Stopped(Exception):
    """Somebody asked the demo to stop."""


class Supervisor:
    """Starts the programs of one demo one after another and stops them together."""

    def __init__(self, demo: DemoEnvironment) -> None:
        self._demo = demo
        self._children: list[Child] = []
        self._asked = False

    def run(self) -> int:
        """Run until asked to stop. Returns the exit code: 0 after Ctrl-C, 1 when something failed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        code = 0
        try:
            with self._alone():
                self._start()
                self._watch()
        except Stopped:
            say("\nStopping the worker, the portal and the embedded Nmbrs")
        except Refused as why:
            say(f"\n{why}")
            code = 1
        finally:
            self._stop()
        say("Stopped. Everything is kept: `make demo` goes on from here." if code == 0 else "The demo is not running.")
        return code

    # --- the steps -----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        demo = self._demo
        self._check_port(demo.portal_port, "PORTAL_PORT", "the portal")
        self._check_port(demo.sandbox_port, "SANDBOX_PORT", "the embedded Nmbrs")
        say(f"Demo in {demo.folder}")
        environment = demo.prepare()
        say(f"Starting the embedded Nmbrs on port {demo.sandbox_port}")
        sandbox = ["nmbrs_sandbox", "--port", str(demo.sandbox_port), "--today", today().isoformat()]
        sandbox += ["--debtors", str(demo.debtors), "--employees", str(demo.employees)]
        nmbrs = self._add("embedded Nmbrs", "nmbrs", [MANAGE, *sandbox], environment)
        self._until_answers(nmbrs, f"http://127.0.0.1:{demo.sandbox_port}/soap/v3/DebtorService.asmx?WSDL")
        self._set_up(environment)
        say("Starting the portal and its worker")
        serve = ["-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{demo.portal_port}"]
        serve += ["--workers", "1", "--threads", "8", "--no-control-socket", "--graceful-timeout", "5"]
        portal = self._add("portal", "portal", serve, environment)
        self._add("worker", "worker", [MANAGE, "qcluster"], environment)
        self._until_answers(portal, f"http://127.0.0.1:{demo.portal_port}/sign-in/")
        say(f"\n  Open {demo.address} and choose a person. Ctrl-C stops everything.")
        say(f"  What the programs say is in {demo.folder / 'log'}\n")

    def _set_up(self, environment: dict[str, str]) -> None:
        """Database, static files, firm and first sync: one program that speaks for itself."""
        setting_up = Child("set-up", [MANAGE, "demo_setup"], {**environment, "LOG_LEVEL": "WARNING"})
        self._children.append(setting_up)
        while (code := setting_up.exit_code()) is None:
            self._pause()
        self._children.remove(setting_up)
        setting_up.stop()
        if code:
            raise Refused(f"The set-up failed (exit code {code}); see above.")

    def _watch(self) -> None:
        while True:
            self._pause()

    def _stop(self) -> None:
        """Nmbrs goes last, so that no call of the others ends as an error."""
        for some in (self._children[1:], self._children[:1]):
            for child in some:
                child.ask_to_stop()
            for child in some:
                child.stop()

    # --- pieces --------------------------------------------------------------------------------------------------

    def _add(self, name: str, log: str, command: list[str], environment: dict[str, str]) -> Child:
        child = Child(name, command, environment, self._demo.log(log))
        self._children.append(child)
        return child

    def _pause(self) -> None:
        """Let a moment pass. Raises Stopped when asked to stop, Refused when a program has ended by itself."""
        time.sleep(0.2)
        if self._asked:
            raise Stopped
        for child in self._children:
            if child.log and (code := child.exit_code()) is not None:
                how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
                raise Refused(f"The {child.name} {how}. Its last words ({child.log}):\n{child.tail()}")

    def _until_answers(self, child: Child, address: str) -> None:
        deadline = time.monotonic() + START
        while True:
            try:
                with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - a loopback address of ours  # nosec B310
                    return
            except (urllib.error.URLError, OSError) as error:
                if time.monotonic() > deadline:
                    raise Refused(f"The {child.name} does not answer: {error}\n{child.tail()}") from None
            self._pause()

    def _check_port(self, port: int, variable: str, what: str) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise Refused(
                    f"Port {port} for {what} cannot be used: {error.strerror}. "
                    f"Choose another: {variable}={port + 1 if port < 65535 else 8000} make demo"
                ) from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep a second demo out of the same folder."""
        self._demo.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._demo.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused(f"A demo is already running in {self._demo.folder}. Stop it with Ctrl-C first.") from None
            yield

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True


def say(text: str) -> None:
    """One message to whoever started the demo."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
