"""How many small calls a second the embedded Nmbrs answers: `python -m tests.benchmarks.sandbox_speed`.

Server and client each in a process of their own. The throttle rule of Nmbrs would slow this down, so each burst stays
within its allowance of one second and the pauses between bursts are not counted.
"""

import http.client
import time
from datetime import date

from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, SandboxProcess

BURST = 145
BURSTS = 8
NAMESPACE = "https://api.nmbrs.nl/soap/v3/CompanyService"
BODY = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
    f'<AuthHeaderWithDomain xmlns="{NAMESPACE}"><Username>{USER}</Username><Token>{TOKEN}</Token>'
    f"<Domain>{DOMAIN}</Domain></AuthHeaderWithDomain></s:Header><s:Body>"
    f'<Company_GetCurrentPeriod xmlns="{NAMESPACE}"><CompanyId>20001</CompanyId></Company_GetCurrentPeriod>'
    "</s:Body></s:Envelope>"
)
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACE}/Company_GetCurrentPeriod"'}


def calls_per_second() -> float:
    """Small calls a second over one kept connection. Raises RuntimeError when a call fails or is delayed."""
    seconds = 0.0
    with SandboxProcess(debtors=12, employees=40, seed=7, today=date(2026, 11, 22)) as sandbox:
        connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=10)
        try:
            for _ in range(BURSTS):
                time.sleep(1.05)
                started = time.perf_counter()
                for _ in range(BURST):
                    connection.request("POST", "/soap/v3/CompanyService.asmx", BODY, HEADERS)
                    response = connection.getresponse()
                    response.read()
                    if response.status != http.HTTPStatus.OK:
                        raise RuntimeError(f"status {response.status}")
                seconds += time.perf_counter() - started
        finally:
            connection.close()
        if any(call.delayed for call in sandbox.requests):
            raise RuntimeError("the throttle rule delayed a call")
    return BURST * BURSTS / seconds


if __name__ == "__main__":
    print(f"{calls_per_second():,.0f} small calls a second")
