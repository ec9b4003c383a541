"""A person's data as files: JSON for machines, PDF for people. Both begin with whose, by whom, when and from where."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from portal.employees.models import Employee
from portal.privacy.subject import Section, Subject
from portal.ui import formats
from portal.ui.paper import Paper

_SOFT = (90, 96, 108)
_INK = (24, 28, 36)


@dataclass(frozen=True)
class Stamp:
    """What stands on top of a file."""

    firm: str
    person: Employee
    by: str
    at: datetime

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Name, label and text of each line, in the reader's language."""
        person, company = self.person, self.person.company
        return [
            ("firm", _("Office"), self.firm),
            ("person", _("Person"), f"{person.display_name} · {person.number}"),
            ("company", _("Company"), str(company)),
            ("client", _("Client"), str(company.debtor)),
            ("made_by", _("Made by"), self.by),
            ("made_at", _("Made at"), formats.moment(self.at)),
            ("as_of", _("As of"), formats.day(self.at)),
            ("sources", _("Sources"), _("Nmbrs, as far as the portal reads it, and the portal itself")),
        ]

    @property
    def notes(self) -> list[str]:
        """What the reader has to know."""
        return [
            _("Every kind says when Nmbrs was last asked. What is in force now and what was before are both here."),
            _("The citizen service number (BSN) and files such as payslips are in Nmbrs; the portal has none."),
            _("Corrections are made in Nmbrs; the portal follows with its next sync."),
        ]


def as_json(stamp: Stamp, subject: Subject) -> bytes:
    """One object: stamp, notes, sections with their records. Names of fields are English, labels the reader's."""
    made = {
        "stamp": {name: text for name, _label, text in stamp.lines} | {"made_at": stamp.at.isoformat()},
        "notes": stamp.notes,
        "sections": [
            {
                "kind": section.name,
                "label": section.label,
                "source": section.source,
                "read_at": section.read_at.isoformat() if section.read_at else None,
                "left_out": section.left_out or None,
                "labels": {cell.name: cell.label for record in section.records for cell in record},
                "records": [{cell.name: cell.value for cell in record} for record in section.records],
            }
            for section in subject.sections
        ],
    }
    return json.dumps(made, ensure_ascii=False, indent=2).encode()


def as_pdf(stamp: Stamp, subject: Subject, language: str) -> bytes:
    """The same to read and print."""
    with _Paper(stamp, language) as paper:
        return bytes(paper.written(subject).output())


class _Paper(Paper):
    def __init__(self, stamp: Stamp, language: str) -> None:
        super().__init__(format="A4")
        self._stamp = stamp
        self._drawn: set[int] = set()
        self._lacks = False
        self.set_lang(language)
        self.set_title(_("Personal data"))
        self.set_author(stamp.firm)
        self.set_creation_date(stamp.at)
        self.set_margins(18, 18)
        self.set_auto_page_break(True, 20)

    def footer(self) -> None:
        """Office and page."""
        self.set_y(-14)
        self._ink(8, _SOFT)
        self.cell(0, 5, self._clean(f"{self._stamp.firm} · {self.page_no()} / {{nb}}"), align="R")

    def written(self, subject: Subject) -> "_Paper":
        """All of it."""
        self.add_page()
        self._line(_("Personal data"), 18, gap=2)
        for _name, label, text in self._stamp.lines:
            self._line(f"{label}: {text}", 10)
        self.ln(2)
        for note in self._stamp.notes:
            self._line(note, 9, _SOFT)
        for section in subject.sections:
            self._section(section)
        if self._lacks:
            self.ln(4)
            self._line(_("Characters shown as ? cannot be drawn here. The JSON file has them."), 9, _SOFT)
        return self

    def _section(self, section: Section) -> None:
        self.ln(4)
        self._line(section.label, 12)
        if section.read_at is not None:
            self._line(_("last read from Nmbrs: %(moment)s") % {"moment": formats.moment(section.read_at)}, 8, _SOFT)
        if section.left_out:
            self._line(section.left_out, 9, _SOFT)
        elif not section.records:
            self._line(_("Nothing is kept."), 9, _SOFT)
        for record in section.records:
            told = [f"{cell.label}: {cell.text}" for cell in record if cell.text]
            self._line(" · ".join(told), 9, gap=1)

    def _line(self, text: str, size: int, colour: Sequence[int] = _INK, gap: float = 0) -> None:
        self._ink(size, colour)
        self.multi_cell(0, size * 0.5, self._clean(text), new_x="LMARGIN", new_y="NEXT", align="L")
        if gap:
            self.ln(gap)

    def _ink(self, size: int, colour: Sequence[int]) -> None:
        self.set_font("Inter", size=size)
        self.set_text_color(*colour)

    def _clean(self, text: str) -> str:
        made = "".join(letter if ord(letter) in self.known or letter in "\n{}" else "?" for letter in text)
        self._lacks = self._lacks or (made != text)
        return made
