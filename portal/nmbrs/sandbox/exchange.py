"""One SOAP call from its bytes to its answer: waits, faults on request, sign-in, rows."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Self

from portal.nmbrs.contract import Service
from portal.nmbrs.sandbox import credentials
from portal.nmbrs.sandbox.calls import RecordedCall
from portal.nmbrs.sandbox.envelope import (
    CLOSING,
    CONTENT_TYPES,
    Call,
    SoapFault,
    fault_envelope,
    nmbrs_fault,
    opening,
    read_call,
)
from portal.nmbrs.sandbox.fault_plan import OTHER_COMPANY_KINDS, FaultKind, FaultRule
from portal.nmbrs.sandbox.spoil import add_row_of, spoil, spoil_document
from portal.nmbrs.sandbox.state import State
from portal.nmbrs.sandbox.writer import write_answer

_HTML: Final = "text/html; charset=utf-8"
_PAGE: Final = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1><br></body></html>"
_FAULT_TEXTS: Final = {
    1001: "Invalid Authentication",
    1002: "Invalid Authorization. Not allowed to use this service",
    1003: "Invalid Authorization. Not allowed to access this data",
    1004: "Environment disabled or no valid subscription",
    1006: "Generic login security failure",
    2003: "Employee not accessible",
    2004: "Company not accessible",
    2006: "Period not valid for the period type of the company",
    2009: "Debtor not accessible",
    2019: "Background task status not available",
    2020: "Background task status not available",
    2021: "Background task result has a wrong form",
}


class ConnectionCutError(Exception):
    """The connection ends here, without an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer. A body in pieces is streamed."""

    status: int
    content_type: str
    body: bytes | Iterator[bytes]
    #: Bytes that the header promises and the body does not have.
    missing: int = 0
    #: Seconds between two bytes; 0 sends all at once.
    pause: float = 0.0
    #: Where a redirect leads to.
    location: str = ""


class Exchange:
    """Answers one call to a service and records it. The firm stands still while an answer is written."""

    def __init__(self, state: State, service: Service) -> None:
        self._state = state
        self._service = service
        self._arrived = time.time()
        self._started = time.monotonic()
        self._delay = state.throttle.delay()
        self._call: Call | None = None
        self._reading = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._reading.close()

    def answer(self, body: bytes, content_type: str, soap_action: str | None) -> Reply:
        """The reply, to be sent before the context ends.

        Raises ConnectionCutError when the connection is to be cut in place of an answer.
        """
        try:
            reply = self._answer(body, content_type, soap_action)
        except ConnectionCutError:
            self._record(status=0)
            raise
        # Before the first byte leaves, so that whoever has the answer finds the call in the log.
        self._record(reply.status)
        return reply

    def _record(self, status: int) -> None:
        call = self._call
        self._state.log.add(
            RecordedCall(
                time=self._arrived,
                service=self._service.name,
                operation=call.operation.name if call else "",
                header=call.header if call else "",
                user=call.credentials.get("Username", "") if call else "",
                soap_version=call.soap_version if call else "",
                parameters=call.parameters if call else {},
                status=status,
                delayed=self._delay > 0,
                seconds=time.monotonic() - self._started,
            )
        )

    def _answer(self, body: bytes, content_type: str, soap_action: str | None) -> Reply:
        self._wait(self._delay + self._state.latency)
        try:
            call = self._call = read_call(self._service, body, content_type, soap_action)
        except SoapFault as fault:
            return _fault_reply(fault, fault.envelope)
        rule = self._state.faults.strike(call)
        if rule is not None and (early := self._early(rule)) is not None:
            return early
        try:
            if rule is not None and rule.kind is FaultKind.DEAD_TOKEN:
                raise nmbrs_fault(1001, _FAULT_TEXTS[1001])
            if rule is not None and rule.kind is FaultKind.FAULT:
                raise nmbrs_fault(rule.code, _FAULT_TEXTS.get(rule.code, "Unknown error"))
            credentials.check(call)
            self._reading.enter_context(self._state.reading())
            payload = self._payload(call, rule)
        except SoapFault as fault:
            return _fault_reply(fault, call.envelope)
        reply = _reply(call, payload, rule)
        if isinstance(reply.body, bytes):
            # It is complete: however slowly it leaves, the firm may move on.
            self._reading.close()
        return reply

    def _early(self, rule: FaultRule) -> Reply | None:
        """What a rule does before the call is looked at; None when the call goes on."""
        match rule.kind:
            case FaultKind.LATENCY:
                self._wait(rule.seconds)
            case FaultKind.TIMEOUT:
                self._wait(rule.seconds)
                raise ConnectionCutError
            case FaultKind.RESET:
                raise ConnectionCutError
            case FaultKind.SERVER_ERROR:
                return Reply(500, "text/plain; charset=utf-8", b"Internal Server Error")
            case FaultKind.UNAVAILABLE:
                return Reply(503, "text/plain; charset=utf-8", b"Service Unavailable")
            case FaultKind.REDIRECT:
                return Reply(307, "text/plain; charset=utf-8", b"Temporary Redirect", location=rule.value)
            case FaultKind.BAD_GATEWAY_HTML:
                return Reply(502, _HTML, _PAGE.format("502 Bad Gateway").encode())
            case FaultKind.HTML_200:
                return Reply(200, _HTML, _PAGE.format("Maintenance").encode())
        return None

    def _payload(self, call: Call, rule: FaultRule | None) -> bytes | Iterator[bytes]:
        if rule is None:
            return self._state.payload(call)
        if rule.kind is FaultKind.EMPTY_LIST and call.operation.result.startswith("ArrayOf"):
            return b"".join(write_answer(call.operation, ()))
        if rule.kind in OTHER_COMPANY_KINDS:
            return self._mixed_up(call, rule)
        if rule.kind is FaultKind.WRONG_DEBTOR:
            return self._of_next_debtor(call)
        return spoil(self._whole(call, rule), rule)

    def _mixed_up(self, call: Call, rule: FaultRule) -> bytes:
        """Rows of the next company that has people, besides or in place of those of the company asked about."""
        asked = call.company_parameter or ""
        companies = list(self._state.firm.companies())
        place = next((n for n, company in enumerate(companies) if company.id == call.number(asked)), -1)
        own = self._whole(call)
        other = next((one for one in companies[place + 1 :] + companies[: max(place, 0)] if one.people), None)
        if place < 0 or other is None:
            return own
        others = self._whole(replace(call, parameters={**call.parameters, asked: str(other.id)}))
        return others if rule.kind is FaultKind.WRONG_PARENT else add_row_of(other.people[0].id, own, others)

    def _of_next_debtor(self, call: Call) -> bytes:
        asked = call.parameter_of("debtorid") or ""
        debtors = self._state.firm.debtors
        place = next((n for n, debtor in enumerate(debtors) if debtor.id == call.number(asked)), -1)
        other = debtors[(place + 1) % len(debtors)]
        return self._whole(replace(call, parameters={**call.parameters, asked: str(other.id)}))

    def _whole(self, call: Call, rule: FaultRule | None = None) -> bytes:
        payload = self._state.payload(call, rule)
        return payload if isinstance(payload, bytes) else b"".join(payload)

    def _wait(self, seconds: float) -> None:
        if seconds > 0 and self._state.closing.wait(seconds):
            raise ConnectionCutError


def _fault_reply(fault: SoapFault, envelope: str) -> Reply:
    fault.envelope = envelope
    return Reply(500, CONTENT_TYPES[envelope], fault_envelope(fault))


def _reply(call: Call, payload: bytes | Iterator[bytes], rule: FaultRule | None) -> Reply:
    content_type = CONTENT_TYPES[call.envelope]
    start = opening(call.envelope)
    if not isinstance(payload, bytes):
        return Reply(200, content_type, chain((start,), payload, (CLOSING,)))
    body = start + payload + CLOSING
    if rule is None:
        return Reply(200, content_type, body)
    body = spoil_document(body, rule)
    half = len(body) // 2
    match rule.kind:
        case FaultKind.TRUNCATED:
            return Reply(200, content_type, body[:half])
        case FaultKind.SHORT_BODY:
            return Reply(200, content_type, body[:half], missing=len(body) - half)
        case FaultKind.DRIP:
            return Reply(200, content_type, body, pause=rule.seconds)
    return Reply(200, content_type, body)
