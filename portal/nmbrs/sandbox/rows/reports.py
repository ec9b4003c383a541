"""Writes the content of background reports: XML documents that travel as text inside an answer."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from portal.nmbrs.sandbox.firm import Company, Run
from portal.nmbrs.sandbox.firm.run_journal import JournalLine
from portal.nmbrs.sandbox.firm.run_output import WageLine

#: Says utf-16, as Nmbrs does, though the answer around it is UTF-8 (soap_wire: XML in a string).
_DECLARATION: Final = '<?xml version="1.0" encoding="utf-16"?>'
#: Of every so many amounts of a run, the one at this place has a comma.
_COMMA_EVERY, _COMMA_AT = 9, 4


def wage_codes(run: Run, lines: Iterable[WageLine]) -> str:
    """The report of a run: a `report` for each person that says whose values they are, in it a `line` a wage code."""
    pieces = [_DECLARATION, "<reports>"]
    numbered = enumerate(lines)
    for identifier, found in groupby(numbered, key=lambda pair: pair[1].person.id):
        head = (
            f"<employeeid>{identifier}</employeeid><period>{run.first}</period><year>{run.year}</year>"
            f"<runnumber>{run.number}</runnumber>"
        )
        pieces.append(f"<report>{head}<lines>")
        pieces += [
            f"<line><code>{line.code}</code><description>{escape(line.description)}</description>"
            f"<value>{_amount(line.value, place)}</value></line>"
            for place, line in found
        ]
        pieces.append("</lines></report>")
    pieces.append("</reports>")
    return "".join(pieces)


def journals(company: Company, year: int, first: int, last: int, runs: Iterable[Iterable[JournalLine]]) -> str:
    """The report of a range of periods, with the journal lines of each run."""
    pieces = [
        _DECLARATION,
        f"<JournalsReport><CompanyId>{company.id}</CompanyId><StartPeriod>{first}</StartPeriod>"
        f"<EndPeriod>{last}</EndPeriod><Year>{year}</Year><Items>",
    ]
    for lines in runs:
        pieces += _items(lines)
    pieces.append("</Items></JournalsReport>")
    return "".join(pieces)


def _items(lines: Iterable[JournalLine]) -> Iterator[str]:
    for place, line in enumerate(lines):
        yield (
            f"<Item><EmployeeName>{escape(line.employee)}</EmployeeName><Period>{line.period}</Period>"
            f"<Year>{line.year}</Year><Run>{line.run}</Run>{_text('Department', line.department)}"
            f"{_text('CostCenter', line.cost_center)}{_text('CostUnit', line.cost_unit)}"
            f"<Percentage>{_amount(line.percentage, place)}</Percentage>"
            f"<GeneralLedgerAccount>{line.account}</GeneralLedgerAccount>"
            f"<ComponentName>{escape(line.component)}</ComponentName>"
            f"<Debit>{_amount(line.debit, place)}</Debit><Credit>{_amount(line.credit, place)}</Credit></Item>"
        )


def _text(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _amount(value: Decimal | None, place: int) -> str:
    """Two decimals, behind a point or sometimes a comma; `-` where there is none (soap_wire: decimal)."""
    if value is None:
        return "-"
    text = f"{value:.2f}"
    return text.replace(".", ",") if place % _COMMA_EVERY == _COMMA_AT else text
