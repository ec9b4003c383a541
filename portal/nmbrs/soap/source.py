"""The SOAP source: resources of one environment over SOAP v3."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from threading import Lock

from portal.nmbrs.contract import service
from portal.nmbrs.soap.address import checked_address
from portal.nmbrs.soap.answers import answer_error
from portal.nmbrs.soap.body import Body
from portal.nmbrs.soap.plan import Plan, called_operation, plan_of
from portal.nmbrs.soap.reader import Reader
from portal.nmbrs.soap.transport import Limiter, Retry, Transport
from portal.nmbrs.soap.wsdl import Wsdls
from portal.source import Level, Record, Rest, SchemaChanged, Scope, Soap, Unsupported

#: Bytes of one answer. 10,000 people with history are about 34 MB.
BYTE_CAP = 128 * 1024 * 1024

_WHO_AM_I = Soap("Environment_Get", "DebtorService", ".", {"domain": "Domain", "subdomain": "SubDomain"})


class SoapFetched:
    """All answers of one fetch, packed until they are read. See portal.source.Fetched."""

    def __init__(self, plan: Plan, answers: Sequence[tuple[Mapping[str, str], Body]], digest: bytes) -> None:
        self._plan = plan
        self._answers = answers
        self._unknown: Counter[str] = Counter()
        self.digest = digest
        self.calls = len(answers)
        self.size = sum(body.size for _, body in answers)

    def records(self) -> Iterator[Record]:
        """See Fetched. Raises SchemaChanged after the last record, and AnswerMalformed for what libxml2's limits
        on depth (256) and text (10 MB) refuse."""
        reader = Reader(self._plan)
        self._unknown = reader.unknown
        for given, body in self._answers:
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

    def fetch(self, binding: Soap | Rest, scope: Scope, loops: Mapping[str, Sequence[str]]) -> SoapFetched:
        """See Source. Raises Unsupported for a REST binding, ContractError for one that the contract contradicts."""
        if not isinstance(binding, Soap):
            raise Unsupported
        plan = plan_of(binding)
        given_by_scope = {"company": scope.company, "debtor": scope.debtor}
        unused = set(loops) - set(binding.parameters.values())
        if unused:
            raise ValueError(f"{binding.operation} has no parameter for {', '.join(sorted(unused))}")
        digest = hashlib.blake2b(digest_size=16)
        answers: list[tuple[Mapping[str, str], Body]] = []
        for values in product(*loops.values()):
            given = given_by_scope | dict(zip(loops, values, strict=True))
            body = self._call(binding, given, digest)
            digest = body.digest
            answers.append((given, body))
        return SoapFetched(plan, answers, digest.digest())

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
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened[0].close()

    def _call(self, binding: Soap, given: Mapping[str, str], digest: "hashlib.blake2b") -> Body:
        called = called_operation(binding)
        home = service(binding.service)
        parameters = {element: given[name] for element, name in binding.parameters.items()}
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
            digest,
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
