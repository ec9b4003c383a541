"""Which kinds of data an API user may read: one call for each, about one company, before anything is stored."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from portal.source import AnswerTooLarge, Level, Loops, NotPermitted, Rest, Scope, Soap, Source, SourceError


class Answer(StrEnum):
    """What a call told of the right to make it."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    #: No call was made, or it failed for another reason than the right.
    UNTESTED = "untested"


@dataclass(frozen=True)
class Probe:
    """One kind to try, with one value for each of its loops, so that it costs one call."""

    name: str
    soap: Soap | None = None
    rest: Rest | None = None
    loops: Loops = field(default_factory=dict)


def probe(source: Source, company: str, probes: Iterable[Probe], seconds: float) -> dict[str, Answer]:
    """Make one call for each, about the company with this remote id, and read none of the answers.

    No call is begun after `seconds`. Raises a SourceError only where no further call of the connection can succeed.
    """
    until = time.monotonic() + seconds
    found = {}
    for one in probes:
        found[one.name] = _asked(source, company, one) if time.monotonic() < until else Answer.UNTESTED
    return found


def untested(probes: Iterable[Probe]) -> Mapping[str, Answer]:
    """Where there is no company to ask about."""
    return {one.name: Answer.UNTESTED for one in probes}


def _asked(source: Source, company: str, one: Probe) -> Answer:
    try:
        source.fetch(source.binding(_begun_only(one.soap), one.rest), Scope(Level.COMPANY, company=company), one.loops)
    except NotPermitted:
        return Answer.REFUSED
    except AnswerTooLarge:
        return Answer.ALLOWED
    except SourceError as error:
        if error.stops_connection:
            raise
        return Answer.UNTESTED
    return Answer.ALLOWED


def _begun_only(soap: Soap | None) -> Soap | None:
    """A background report counts once Nmbrs has begun it: nobody waits for its end, nor asks for what it holds."""
    return replace(soap, report=False, rows="", fields={}) if soap is not None and soap.report else soap
