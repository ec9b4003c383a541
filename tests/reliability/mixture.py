"""Faults of many kinds at once, each in a twentieth of the calls."""

import random

from portal.nmbrs.sandbox import SandboxProcess

RATE = 0.05

#: Kinds that a careful reader can see in the answer itself, or that give none.
HONEST: list[dict[str, object]] = [
    {"kind": "latency", "seconds": 0.02},
    {"kind": "timeout", "seconds": 0.1},
    {"kind": "drip", "seconds": 0.000_001},
    {"kind": "reset"},
    {"kind": "500"},
    {"kind": "503"},
    {"kind": "502_html"},
    {"kind": "html_200"},
    {"kind": "truncated"},
    {"kind": "short_body"},
    {"kind": "wrong_charset"},
    {"kind": "fault", "code": 9999},
    {"kind": "fault", "code": 1002},
    {"kind": "dtd"},
    {"kind": "entity_bomb"},
    {"kind": "unknown_element"},
    {"kind": "missing_required", "element": "Value"},
    {"kind": "unknown_enum", "element": "Type", "value": "Boat"},
    {"kind": "bad_type", "element": "Value", "value": "twelve"},
    {"kind": "nil_required", "element": "StartDate"},
    # Not on contracts: their start is part of their key (below).
    *(
        {
            "kind": "absurd_date",
            "element": "StartDate",
            "operation": f"{name}_GetAll_AllEmployeesByCompany",
            "rate": 0.6,
        }
        for name in ("Salary", "Schedule", "Employment")
    ),
    {"kind": "duplicate_id", "element": "Value", "value": "1"},
    {"kind": "huge_text"},
]
#: Answers in perfect order that say what is not so. Only the shrink guard stands between them and the mirror.
LYING: list[dict[str, object]] = [
    {"kind": "empty_list"},
    {"kind": "half_list"},
    {"kind": "vanished_company"},
    {"kind": "moved_employee"},
    {"kind": "wrong_parent"},
]


def put(sandbox: SandboxProcess, rules: list[dict[str, object]], seed: int) -> None:
    """These rules, in another order each time: the embedded Nmbrs draws from one sequence."""
    shuffled = [{"rate": RATE, **rule} for rule in rules]
    random.Random(seed).shuffle(shuffled)
    sandbox.control("PUT", "faults", shuffled)


def stop(sandbox: SandboxProcess) -> dict[str, int]:
    """No faults any more; how often each kind hit."""
    hits: dict[str, int] = {}
    for rule in sandbox.control("GET", "faults"):
        hits[rule["kind"]] = hits.get(rule["kind"], 0) + rule["hits"]
    sandbox.control("DELETE", "faults")
    return hits
