"""The throttle rule of Nmbrs: beyond 150 calls in a second each call waits for half a second, without a fault."""

import http.client
import threading
import time
from itertools import pairwise
from statistics import median

from portal.nmbrs.sandbox import Sandbox
from tests.nmbrs_sandbox.wire import envelope

BODY = envelope("EmployeeService", "EmployeeType_GetList", {})
HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '"https://api.nmbrs.nl/soap/v3/EmployeeService/EmployeeType_GetList"',
}


def burst(sandbox: Sandbox, calls: int, connections: int = 4) -> list[int]:
    """That many small calls as fast as they go, spread over some connections; their statuses."""
    statuses: list[int] = []

    def one_connection() -> None:
        connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=20)
        try:
            for _ in range(calls // connections):
                connection.request("POST", "/soap/v3/EmployeeService.asmx", BODY, HEADERS)
                response = connection.getresponse()
                response.read()
                statuses.append(response.status)
        finally:
            connection.close()

    threads = [threading.Thread(target=one_connection) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_calls_beyond_150_in_a_second_wait_half_a_second_and_succeed(sandbox: Sandbox) -> None:
    assert burst(sandbox, 320, connections=8) == [200] * 320
    delayed = [call for call in sandbox.requests if call.delayed]
    prompt = [call for call in sandbox.requests if not call.delayed]
    assert len(prompt) >= 150
    assert delayed, "150 calls did not reach the sandbox within a second"
    assert all(call.seconds >= 0.5 for call in delayed)
    assert median(call.seconds for call in prompt) < 0.5


def test_fewer_calls_are_not_delayed_and_the_count_is_over_after_a_second(sandbox: Sandbox) -> None:
    burst(sandbox, 140)
    time.sleep(1.05)
    burst(sandbox, 140)
    assert [call.delayed for call in sandbox.requests] == [False] * 280


def test_the_record_has_arrival_times(sandbox: Sandbox) -> None:
    before = time.time()
    burst(sandbox, 20, connections=1)
    times = [call.time for call in sandbox.requests]
    assert before - 0.1 <= times[0]
    assert all(early <= late for early, late in pairwise(times))
