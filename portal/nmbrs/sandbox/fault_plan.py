"""Faults on request: rules that spoil answers."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from random import Random
from typing import Any, Final

from portal.nmbrs.sandbox.envelope import Call


class FaultKind(StrEnum):
    """What a rule does to an answer."""

    #: Waits `seconds` before a correct answer.
    LATENCY = "latency"
    #: Never answers; the connection is cut after `seconds`.
    TIMEOUT = "timeout"
    #: A correct answer a byte at a time, `seconds` apart.
    DRIP = "drip"
    #: Cuts the connection at once.
    RESET = "reset"
    #: HTTP 500 without a SOAP body.
    SERVER_ERROR = "500"
    #: HTTP 503 without a SOAP body.
    UNAVAILABLE = "503"
    #: HTTP 307 to the address `value`.
    REDIRECT = "307"
    #: HTTP 502 with a page of a proxy.
    BAD_GATEWAY_HTML = "502_html"
    #: HTTP 200 with a page in place of the answer.
    HTML_200 = "html_200"
    #: The XML stops in the middle; HTTP itself is in order.
    TRUNCATED = "truncated"
    #: Fewer bytes than the length in the header promised.
    SHORT_BODY = "short_body"
    #: Says UTF-8, is Latin-1.
    WRONG_CHARSET = "wrong_charset"
    #: A SOAP fault with `code`.
    FAULT = "fault"
    #: Fault 1001, and from then on for every call until the rules change.
    DEAD_TOKEN = "dead_token"  # noqa: S105 -- a kind of fault, not a token
    #: A correct answer behind a document type declaration.
    DTD = "dtd"
    #: The same, with an entity in the header of the envelope that grows to a billion texts.
    ENTITY_BOMB = "entity_bomb"
    #: A correct answer without rows.
    EMPTY_LIST = "empty_list"
    #: A list without the second half of its rows.
    HALF_LIST = "half_list"
    #: Each record gets a further element, named `element`.
    UNKNOWN_ELEMENT = "unknown_element"
    #: `element` is left out of every record.
    MISSING_REQUIRED = "missing_required"
    #: `element` has the text `value` in every record.
    UNKNOWN_ENUM = "unknown_enum"
    #: The same, for an element that holds a number or a date.
    BAD_TYPE = "bad_type"
    #: `element` is nil in every record.
    NIL_REQUIRED = "nil_required"
    #: `element` is the last day that a calendar knows, in every record.
    ABSURD_DATE = "absurd_date"
    #: `element` of the first record that has it has a text of 12 MB; where none has it the first record gets it.
    HUGE_TEXT = "huge_text"
    #: The first record that has `element` comes twice, the second time with `value` in it.
    DUPLICATE_ID = "duplicate_id"
    #: Rows of people of a company: the first person of the next company is among them as well.
    MOVED_EMPLOYEE = "moved_employee"
    #: Rows of people of a company: those of the next company in their place.
    WRONG_PARENT = "wrong_parent"
    #: A list about a debtor: that of the next debtor in its place.
    WRONG_DEBTOR = "wrong_debtor"
    #: A list of companies without `company`, or without the first one when that is 0.
    VANISHED_COMPANY = "vanished_company"
    #: A background report stays under way for ever. Hits the call that starts it or one that asks for it.
    TASK_STUCK = "task_stuck"
    #: The same; it ends in Error.
    TASK_ERROR = "task_error"
    #: The same; asking for it is a SOAP fault with `code`: 2019, 2020 or 2021.
    TASK_FAULT = "task_fault"


#: Kinds that decide how a background report ends, whenever that is.
TASK_KINDS: Final = frozenset({FaultKind.TASK_STUCK, FaultKind.TASK_ERROR, FaultKind.TASK_FAULT})
#: Kinds that take rows from the answer about another company.
OTHER_COMPANY_KINDS: Final = frozenset({FaultKind.MOVED_EMPLOYEE, FaultKind.WRONG_PARENT})


@dataclass(frozen=True, slots=True)
class FaultRule:
    """A kind of fault, which calls it hits, how often, and its details."""

    kind: FaultKind
    #: Only this operation; empty hits all.
    operation: str = ""
    #: Only this service (names of operations repeat between services); empty hits all.
    service: str = ""
    #: Only calls about this company; 0 hits all.
    company: int = 0
    #: Only calls about this person; 0 hits all.
    person: int = 0
    #: Share of the calls that are hit, 0 to 1.
    rate: float = 1.0
    #: At most so many calls are hit; None is no limit.
    count: int | None = None
    seconds: float = 60.0
    code: int = 9999
    element: str = "NewElement"
    value: str = "Surprise"

    def concerns(self, call: Call) -> bool:
        """The rule is about calls like this one."""
        about = self._is_about(call, "companyid", self.company) and self._is_about(call, "employeeid", self.person)
        return (
            self.operation in {"", call.operation.name}
            and self.service in {"", call.operation.service}
            and (about or self.kind is FaultKind.VANISHED_COMPANY)
            and self._can_hit(call)
        )

    def _is_about(self, call: Call, meaning: str, wanted: int) -> bool:
        named = call.parameter_of(meaning) if wanted else None
        return not wanted or (named is not None and call.parameters[named].strip() == str(wanted))

    def _can_hit(self, call: Call) -> bool:
        """A kind that only makes sense for some operations leaves the others alone, so that no hit is wasted."""
        is_list = call.operation.result.startswith("ArrayOf")
        if self.kind in TASK_KINDS:
            return call.operation.service == "ReportService"
        if self.kind in OTHER_COMPANY_KINDS:
            return is_list and call.operation.service == "EmployeeService" and call.company_parameter is not None
        if self.kind is FaultKind.WRONG_DEBTOR:
            return is_list and call.parameter_of("debtorid") is not None
        if self.kind is FaultKind.VANISHED_COMPANY:
            return call.operation.result == "ArrayOfCompany"
        return is_list or self.kind is not FaultKind.HALF_LIST


class FaultPlan:
    """The rules in force. The draws of a rate come from one seeded sequence. Safe to use from several threads."""

    def __init__(self, seed: int) -> None:
        self._lock = threading.Lock()
        self._seed = seed
        self._rules: list[FaultRule] = []
        self._hits: list[int] = []
        #: Place of the rule that every call meets from now on.
        self._dead: int | None = None
        self._random = Random(f"{seed}/faults")  # noqa: S311 -- which calls fail in a test, not a secret

    def add(self, kind: FaultKind | str, **details: Any) -> FaultRule:
        """Add a rule, e.g. `add("fault", code=1002, operation="Run_GetList", rate=0.5)`."""
        rule = FaultRule(FaultKind(kind), **details)
        with self._lock:
            self._rules.append(rule)
            self._hits.append(0)
        return rule

    def replace(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Put these rules in the place of all others. Raises ValueError or TypeError for a rule that is none."""
        wanted = [
            FaultRule(FaultKind(rule["kind"]), **{k: v for k, v in rule.items() if k != "kind"}) for rule in rules
        ]
        with self._lock:
            self._rules = wanted
            self._hits = [0] * len(wanted)
            self._dead = None
            self._random.seed(f"{self._seed}/faults")

    def clear(self) -> None:
        """No faults any more."""
        self.replace([])

    def as_data(self) -> list[dict[str, Any]]:
        """The rules with how often each has hit."""
        with self._lock:
            return [asdict(rule) | {"hits": hits} for rule, hits in zip(self._rules, self._hits, strict=True)]

    def strike(self, call: Call) -> FaultRule | None:
        """The rule that hits this call, the first that does; counts the hit."""
        with self._lock:
            if self._dead is not None:
                self._hits[self._dead] += 1
                return self._rules[self._dead]
            for place, rule in enumerate(self._rules):
                if not rule.concerns(call) or (rule.count is not None and self._hits[place] >= rule.count):
                    continue
                if rule.rate < 1 and self._random.random() >= rule.rate:
                    continue
                self._hits[place] += 1
                if rule.kind is FaultKind.DEAD_TOKEN:
                    self._dead = place
                return rule
        return None
