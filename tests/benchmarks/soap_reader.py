"""How fast SOAP answers are read, beside zeep's own objects as the peer: `python -m tests.benchmarks.soap_reader`.

Prints milliseconds and peak memory for one answer of 1,000 and of 10,000 rows, and calls a second of eight threads
over a real socket.
"""

import hashlib
import io
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import requests
import zeep
from zeep.transports import Transport

from portal.nmbrs.contract import service
from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, SandboxProcess
from portal.nmbrs.sandbox.wsdl import wsdl
from portal.nmbrs.soap import SoapSource
from portal.nmbrs.soap.body import PIECE, Body
from portal.nmbrs.soap.plan import plan_of
from portal.nmbrs.soap.reader import Reader
from portal.source import Level, Scope, Soap

OPERATION = "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany"
ROWS = "PersonalInfoItem/EmployeePersonalInfos/PersonalInfo_V2"
FIELDS = (
    "Id", "EmployeeNumber", "Initials", "FirstName", "Prefix", "LastName", "Nickname", "Gender", "Birthday",
    "PlaceOfBirth", "EmailWork", "EmailPrivate", "TelephoneWork", "TelephoneMobileWork",
)  # fmt: skip
NAMESPACE = service("EmployeeService").namespace


def bulk_binding() -> Soap:
    """All people of a company with fifteen columns."""
    known = {"employee": "EmployeeId"}
    for name in FIELDS:
        try:
            plan_of(Soap(OPERATION, "EmployeeService", ROWS, {name: name}))
        except LookupError:
            continue
        known[name] = name
    return Soap(OPERATION, "EmployeeService", ROWS, known, {"CompanyID": "company"})


def bulk_body(binding: Soap, rows: int) -> bytes:
    """An answer with so many people."""
    names = [name for name in binding.fields.values() if name != "EmployeeId"]
    dates = {"Birthday": "1980-05-17T00:00:00"}
    numbers = {"Id", "EmployeeNumber"}
    people = []
    for number in range(rows):
        values = "".join(
            f"<{name}>{dates.get(name) or (number if name in numbers else f'Waarde {number}')}</{name}>"
            for name in names
        )
        people.append(
            f"<PersonalInfoItem><EmployeeId>{number}</EmployeeId><EmployeePersonalInfos><PersonalInfo_V2>{values}"
            "</PersonalInfo_V2></EmployeePersonalInfos></PersonalInfoItem>"
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<{OPERATION}Response xmlns="{NAMESPACE}"><{OPERATION}Result>{"".join(people)}</{OPERATION}Result>'
        f"</{OPERATION}Response></s:Body></s:Envelope>"
    ).encode()


def check(raw: bytes) -> Body:
    """What the transport does with the bytes: count, hash, check, pack."""
    body = Body(1 << 30, hashlib.blake2b(digest_size=16))
    for start in range(0, len(raw), PIECE):
        body.add(raw[start : start + PIECE])
    body.end()
    assert body.well_formed
    return body


def zeep_client() -> zeep.Client:
    """zeep as its manual shows it."""
    settings = zeep.Settings(strict=False, xml_huge_tree=True)
    return zeep.Client(io.BytesIO(wsdl(service("EmployeeService"), "http://x")), settings=settings)


class Reply:
    """The part of a response that zeep reads."""

    status_code = 200
    encoding = "utf-8"
    headers = {"Content-Type": "text/xml; charset=utf-8"}

    def __init__(self, content: bytes) -> None:
        self.content = content


def measure(label: str, run: Callable[[], object]) -> None:
    """Best of three, then once more for the memory."""
    best = min(timed(run) for _ in range(3))
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"  {label:<44}{best * 1000:9.1f} ms   Python memory at its peak {peak / 1e6:7.1f} MB")


def timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def read_answers() -> None:
    """One answer, both ways."""
    binding = bulk_binding()
    client = zeep_client()
    operation = client.service._binding.get(OPERATION)
    for rows in (1_000, 10_000):
        raw = bulk_body(binding, rows)
        body = check(raw)

        def ours(body: Body = body) -> None:
            for _ in Reader(plan_of(binding)).read(body.pieces(), {}):
                pass

        print(f"{rows} rows of {len(binding.fields)} fields, {len(raw) / 1e6:.1f} MB")
        measure("check, hash and pack (every sync)", lambda raw=raw: check(raw))
        measure("records (only when the answer changed)", ours)
        measure("zeep objects", lambda raw=raw: client.service._binding.process_reply(client, operation, Reply(raw)))


class NoBudget:
    """No limit, to see what the client itself can do."""

    def acquire(self) -> float:
        return 0.0

    def observe(self, latency: float, kind: str = "") -> None:
        return None


def eight_threads() -> None:
    """Calls a second of eight threads, one answer of a company of fifty."""
    with SandboxProcess(debtors=1, companies=1, employees=50, seed=7, today=date(2026, 11, 22)) as sandbox, \
            tempfile.TemporaryDirectory() as folder:  # fmt: skip
        source = SoapSource(
            host=sandbox.url, user=USER, token=TOKEN, domain=DOMAIN, budget=NoBudget(), allowed_hosts=[sandbox.url],
            wsdl_folder=Path(folder),
        )  # fmt: skip
        company = str(sandbox.firm.debtors[0].companies[0].id)
        binding = bulk_binding()

        def ours() -> None:
            list(source.fetch(binding, Scope(Level.COMPANY, company=company), {}).records())

        clients: list[zeep.Client] = []
        header = {"Username": USER, "Token": TOKEN, "Domain": DOMAIN}

        def peer(client: zeep.Client) -> None:
            element = client.get_element(f"{{{NAMESPACE}}}AuthHeaderWithDomain")(**header)
            client.service[OPERATION](CompanyID=int(company), _soapheaders=[element])

        for _ in range(8):
            clients.append(
                zeep.Client(
                    f"{sandbox.url}/soap/v3/EmployeeService.asmx?WSDL", transport=Transport(session=requests.Session())
                )
            )
        ours()
        # In rounds of less than 150 calls a second in all, the rule of Nmbrs would not hide the difference; the
        # time of a call without its delay is what counts, so the sandbox is asked in short bursts with rests.
        for label, work in (
            ("ours", lambda number: ours()),
            ("zeep objects", lambda number: peer(clients[number % 8])),
        ):
            seconds = []
            for _ in range(5):
                time.sleep(1.1)
                with ThreadPoolExecutor(8) as pool:
                    began = time.perf_counter()
                    list(pool.map(work, range(144)))
                    seconds.append(time.perf_counter() - began)
            print(f"  8 threads, 50 people an answer, {label:<14}{144 / min(seconds):7.0f} calls/s")
        source.close()


if __name__ == "__main__":
    read_answers()
    eight_threads()
