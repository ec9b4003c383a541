"""The SOAP source: resources of one environment over SOAP v3."""

import hashlib
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from threading import Event, Lock

from portal.nmbrs.contract import request_field, service
from portal.nmbrs.soap.address import checked_address
from portal.nmbrs.soap.answers import answer_error
from portal.nmbrs.soap.body import LONGEST, Body
from portal.nmbrs.soap.plan import Plan, called_operation, plan_of
from portal.nmbrs.soap.reader import Reader
from portal.nmbrs.soap.reports import Reports
from portal.nmbrs.soap.transport import Limiter, Retry, Transport
from portal.nmbrs.soap.wsdl import Wsdls
from portal.source import (
    Answer,
    Level,
    Loops,
    LoopValue,
    NotPermitted,
    Record,
    Rest,
    SchemaChanged,
    Scope,
    Soap,
    Unsupported,
)

#: Bytes of one answer. 10,000 people with history are about 34 MB.
BYTE_CAP = 128 * 1024 * 1024

#: "Employee not accessible": about one person, not about the call.
PERSON_REFUSED = 2003

_WHO_AM_I = Soap("Environment_Get", "DebtorService", ".", {"domain": "Domain", "subdomain": "SubDomain"})


class SoapFetched:
    """All answers of one fetch until they are read. See portal.source.Fetched."""

    def __init__(
        self, plan: Plan, bodies: Sequence[tuple[Mapping[str, str], Body]], refused: frozenset[str], calls: int
    ) -> None:
        self._plan = plan
        self._bodies = bodies
        self._unknown: Counter[str] = Counter()
        self.answers: Sequence[Answer] = [Answer(given, body.digest) for given, body in bodies]
        self.digest = hashlib.blake2b(b"".join(answer.digest for answer in self.answers), digest_size=16).digest()
        self.refused = refused
        self.calls = calls
        self.size = sum(body.size for _, body in bodies)

    def records(self, skip: Container[int] = ()) -> Iterator[Record]:
        """See Fetched. Raises SchemaChanged after the last record, and AnswerMalformed for what libxml2's limits
        on depth (256) and text (10 MB) refuse."""
        reader = Reader(self._plan)
        self._unknown = reader.unknown
        for place, (given, body) in enumerate(self._bodies):
            if place not in skip:
                yield from reader.read(body.pieces(), given)
        reader.end()

    @property
    def unknown_elements(self) -> Counter[str]:
        """See Fetched."""
        return self._unknown


class SoapSource:
    """Reads one environment of Nmbrs with one API user. See portal.source.Source.

    `host`          address such as `https://api.nmbrs.nl`; must be one of `allowed_hosts`, checked at the first call.
    `domain`        the subdomain of the environment; may be empty for `check_credentials()`.
    `budget`        the call budget of the environment; a slot is taken for every try.
    `wsdl_folder`   where WSDLs are kept.
    `deadline`      seconds for one try, all in.
    `byte_cap`      most bytes of one unpacked answer.
    `retry`         how passing errors are tried again.

    Opens no socket and reads no file before the first call. Nothing of the credentials is in its repr.
    """

    def __init__(
        self,
        *,
        host: str,
        user: str,
        token: str,
        domain: str,
        budget: Limiter,
        allowed_hosts: Sequence[str],
        wsdl_folder: Path,
        deadline: float = 60.0,
        byte_cap: int = BYTE_CAP,
        retry: Retry | None = None,
    ) -> None:
        self._host = host
        self._allowed_hosts = tuple(allowed_hosts)
        self._credentials = {"Username": user, "Token": token, "Domain": domain}
        self._budget = budget
        self._wsdl_folder = wsdl_folder
        self._deadline = deadline
        self._byte_cap = byte_cap
        self._retry = retry or Retry()
        self._opening = Lock()
        self._opened: tuple[Transport, Wsdls] | None = None
        self._closing = Event()
        self._reports = Reports(self._call, self._closing, byte_cap)

    def fetch(self, binding: Soap | Rest, scope: Scope, loops: Loops) -> SoapFetched:
        """See Source. Raises Unsupported for a REST binding, ContractError for one that the contract contradicts."""
        if not isinstance(binding, Soap):
            raise Unsupported
        plan = plan_of(binding)
        used = {name.partition(".")[0] for name in binding.parameters.values()}
        if unused := set(loops) - used:
            raise ValueError(f"{binding.operation} has no parameter for {', '.join(sorted(unused))}")
        turns = [
            {"company": scope.company, "debtor": scope.debtor} | _given(loops, values)
            for values in product(*loops.values())
        ]
        if binding.report:
            documents, calls = self._reports.read(binding, turns)
            return SoapFetched(plan, list(zip(turns, documents, strict=True)), frozenset(), calls)
        bodies: list[tuple[Mapping[str, str], Body]] = []
        refused: set[str] = set()
        calls = 0
        for given in turns:
            if binding.tolerant and given[binding.tolerant] in refused:
                continue
            calls += 1
            try:
                bodies.append((given, self._call(binding, given)))
            except NotPermitted as error:
                if not binding.tolerant or error.code != PERSON_REFUSED:
                    raise
                refused.add(given[binding.tolerant])
        kept = [(given, body) for given, body in bodies if given.get(binding.tolerant, "") not in refused]
        return SoapFetched(plan, kept, frozenset(refused), calls)

    def binding(self, soap: Soap | None, rest: Rest | None) -> Soap:
        """See Source."""
        if soap is None:
            raise Unsupported
        return soap

    def check_credentials(self) -> str:
        """Ask Nmbrs who user and token belong to, and return the subdomain it names. Raises a SourceError."""
        for record in self.fetch(_WHO_AM_I, Scope(Level.ENVIRONMENT), {}).records():
            if named := record.get("subdomain") or record.get("domain"):
                return named
        raise SchemaChanged(_WHO_AM_I.operation, detail="names no domain")

    def close(self) -> None:
        """See Source."""
        self._closing.set()
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened[0].close()

    def _call(self, binding: Soap, given: Mapping[str, str], longest: int = LONGEST) -> Body:
        called = called_operation(binding)
        home = service(binding.service)
        parameters = _parameters(binding, given)
        if missing := [element for element, value in parameters.items() if not value]:
            raise ValueError(f"{called.name}: nothing is given for {', '.join(missing)}")
        credentials = dict(self._credentials)
        if called.header == "AuthHeader":
            del credentials["Domain"]
        transport, wsdls = self._open()
        envelope, action = wsdls.request(home, called.name, parameters, called.header, credentials)
        return transport.post(
            called.name,
            home.path,
            envelope,
            {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action},
            lambda status, headers, body: answer_error(called.name, status, headers, body),
            longest,
        )

    def _open(self) -> tuple[Transport, Wsdls]:
        with self._opening:
            if self._opened is None:
                address = checked_address(self._host, self._allowed_hosts)
                transport = Transport(
                    address, self._budget, deadline=self._deadline, byte_cap=self._byte_cap, retry=self._retry
                )
                self._opened = transport, Wsdls(self._wsdl_folder, address, transport)
            return self._opened


def _parameters(binding: Soap, given: Mapping[str, str]) -> dict[str, str]:
    """Element or path of elements -> its text. Of an object what is empty and optional is left out."""
    filled = {**binding.constants, **{element: given[name] for element, name in binding.parameters.items()}}
    return {
        element: text
        for element, text in filled.items()
        if text or "/" not in element or not request_field(binding.service, binding.operation, element).optional
    }


def _given(loops: Loops, values: Sequence[LoopValue]) -> dict[str, str]:
    """What one turn of the loops gives: `name`, or `name.part` for each part of a value that has parts."""
    given: dict[str, str] = {}
    for name, value in zip(loops, values, strict=True):
        if isinstance(value, str):
            given[name] = value
        else:
            given |= {f"{name}.{part}": text for part, text in value.items()}
    return given
