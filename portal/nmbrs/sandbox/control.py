"""The control address, which only the embedded Nmbrs has: JSON in, JSON out.

POST   /control/advance    move the firm to the next period; {"version": n}
GET    /control/firm       the raw data that the answers are made of
GET    /control/requests   the recorded calls; DELETE forgets them
GET    /control/faults     the fault rules with their hits; PUT a list of rules replaces them, DELETE clears
GET    /control/settings   {"latency": seconds, "keep": megabytes of kept answers, "limit": calls a
                             second before the throttle rule}; PUT changes what it names
GET    /control/reports    {"enqueued": n, "executing": n}: polls that a report stays so; PUT changes them
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from portal.nmbrs.sandbox.exchange import Reply
from portal.nmbrs.sandbox.state import State

_JSON: Final = "application/json"


def answer(state: State, method: str, path: str, body: bytes) -> Reply:
    """Do what a control request asks; 404 for an unknown one, 400 for one that makes no sense."""
    action = _ACTIONS.get((method, path))
    if action is None:
        return _error(404, "unknown address or method")
    try:
        result = action(state, json.loads(body) if body else None)
    except (ValueError, TypeError, KeyError, AttributeError):
        return _error(400, "not understood")
    text = result if isinstance(result, str) else json.dumps(result)
    return Reply(200, _JSON, text.encode())


def _error(status: int, text: str) -> Reply:
    return Reply(status, _JSON, json.dumps({"error": text}).encode())


def _advance(state: State, data: Any) -> dict[str, int]:
    return {"version": state.advance()}


def _firm(state: State, data: Any) -> str:
    with state.reading():
        return state.firm.as_json()


def _requests(state: State, data: Any) -> dict[str, Any]:
    calls = [asdict(call) | {"parameters": dict(call.parameters)} for call in state.log.calls()]
    return {"calls": calls, "wsdl_reads": state.log.wsdl_reads()}


def _forget_requests(state: State, data: Any) -> dict[str, Any]:
    state.log.clear()
    return {}


def _faults(state: State, data: Any) -> list[dict[str, Any]]:
    return state.faults.as_data()


def _replace_faults(state: State, data: Any) -> list[dict[str, Any]]:
    state.faults.replace(data)
    return state.faults.as_data()


def _clear_faults(state: State, data: Any) -> list[dict[str, Any]]:
    state.faults.clear()
    return []


def _settings(state: State, data: Any) -> dict[str, float]:
    return {"latency": state.latency, "keep": state.keep, "limit": state.throttle.limit}


def _change_settings(state: State, data: Any) -> dict[str, float]:
    latency, keep = float(data.get("latency", state.latency)), int(data.get("keep", state.keep))
    if not {"latency", "keep", "limit"} & data.keys():
        raise ValueError("no setting is named")
    limit = int(data.get("limit", state.throttle.limit))
    if not 0 <= latency <= 60 or keep < 0 or limit < 1:
        raise ValueError("out of range")
    state.latency, state.keep, state.throttle.limit = latency, keep, limit
    return _settings(state, data)


def _reports(state: State, data: Any) -> dict[str, int]:
    return {"enqueued": state.tasks.enqueued_polls, "executing": state.tasks.executing_polls}


def _change_reports(state: State, data: Any) -> dict[str, int]:
    enqueued, executing = int(data["enqueued"]), int(data["executing"])
    if min(enqueued, executing) < 0:
        raise ValueError("fewer polls than none")
    state.tasks.enqueued_polls, state.tasks.executing_polls = enqueued, executing
    return _reports(state, data)


_ACTIONS: Final[dict[tuple[str, str], Callable[[State, Any], Any]]] = {
    ("POST", "/control/advance"): _advance,
    ("GET", "/control/firm"): _firm,
    ("GET", "/control/requests"): _requests,
    ("DELETE", "/control/requests"): _forget_requests,
    ("GET", "/control/faults"): _faults,
    ("PUT", "/control/faults"): _replace_faults,
    ("DELETE", "/control/faults"): _clear_faults,
    ("GET", "/control/settings"): _settings,
    ("PUT", "/control/settings"): _change_settings,
    ("GET", "/control/reports"): _reports,
    ("PUT", "/control/reports"): _change_reports,
}
