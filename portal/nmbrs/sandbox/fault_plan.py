"""Faults on request: rules that spoil answers."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from random import Random
from typing import Any

from portal.nmbrs.sandbox.envelope import Call


class FaultKind(StrEnum):
    """What a rule does to an answer."""

    #: Waits `seconds` before a correct answer.
    LATENCY = "latency"
    #: Never answers; the connection is cut after `seconds`.
    TIMEOUT = "timeout"
    #: Cuts the connection at once.
    RESET = "reset"
    #: HTTP 500 without a SOAP body.
    SERVER_ERROR = "500"
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
    #: A correct answer without rows.
    EMPTY_LIST = "empty_list"
    #: Each record gets a further element, named `element`.
    UNKNOWN_ELEMENT = "unknown_element"
    #: `element` is left out of every record.
    MISSING_REQUIRED = "missing_required"
    #: `element` has the text `value` in every record.
    UNKNOWN_ENUM = "unknown_enum"


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
        companies = {value for name, value in call.parameters.items() if name.lower() == "companyid"}
        return (
            self.operation in {"", call.operation.name}
            and self.service in {"", call.operation.service}
            and (not self.company or str(self.company) in companies)
        )


class FaultPlan:
    """The rules in force. The draws of a rate come from one seeded sequence. Safe to use from several threads."""

    def __init__(self, seed: int) -> None:
        self._lock = threading.Lock()
        self._seed = seed
        self._rules: list[FaultRule] = []
        self._hits: list[int] = []
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
            for place, rule in enumerate(self._rules):
                if not rule.concerns(call) or (rule.count is not None and self._hits[place] >= rule.count):
                    continue
                if rule.rate < 1 and self._random.random() >= rule.rate:
                    continue
                self._hits[place] += 1
                return rule
        return None
