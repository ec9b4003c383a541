"""Payroll words are explained where they stand: every explanation is used, in both languages, and harms no heading."""

import re

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from portal.ui import panels, tables
from portal.ui.glossary import TERMS, explanation
from portal.ui.panels import Panel

WHERE = [*(settings.BASE_DIR / "templates").rglob("*.html"), *(settings.BASE_DIR / "portal").rglob("*.py")]
#: A term in code, as a tile's last word, and in templates.
NAMED = re.compile(r"""\bterm="(\w+)"|\bterm = "(\w+)"|{% (?:term|explain) "(\w+)"|, "(\w+)"\)""")


class WageTable(tables.Table):
    """A heading that sorts and one that does not, each with a term, and one without."""

    caption = "Wages"
    name = tables.TextColumn(verbose_name="Name")
    wage = tables.MoneyColumn(verbose_name="Contract wage", term="contract_wage")
    run = tables.TextColumn(verbose_name="Run", term="run", orderable=False)


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/", {"sort": "wage"})
    return Template("{% load ui %}{% load render_table from django_tables2 %}" + source).render(
        Context({"request": request, **context})
    )


def headings(table: tables.Table) -> list[str]:
    return re.findall(r"<th .*?</th>", render("{% render_table table %}", table=table).split("</thead>")[0], re.S)


def test_every_explanation_is_used_and_every_use_is_explained() -> None:
    used = set()
    for path in WHERE:
        if path.name not in ("glossary.py", "markup.py"):
            for names in NAMED.findall(path.read_text(encoding="utf-8")):
                used |= {name for name in names if name}
    assert set(TERMS) <= used
    for panel in (panel for page in panels.pages() for panel in panels.panels_of(page) if panel.term):
        explanation(panel.term)


@pytest.mark.parametrize("term", sorted(TERMS))
def test_an_explanation_is_short_plain_and_in_both_languages(term: str) -> None:
    said = {}
    for language in ("en", "nl"):
        with translation.override(language):
            said[language] = str(TERMS[term])
    assert said["en"] != said["nl"]
    for text in said.values():
        assert 20 < len(text) < 260
        assert text.endswith(".")
        assert text[0].isupper()


def test_a_term_that_is_not_explained_is_a_mistake_where_it_is_written() -> None:
    with pytest.raises(LookupError):
        tables.TextColumn(term="no-such-word")
    with pytest.raises(LookupError):
        render("{% term 'no-such-word' 'Word' %}")


def test_a_word_has_one_control_named_by_it_that_tells_what_it_means(english: None) -> None:
    shown = render("{% term 'head_count' 'Head count' %}")
    assert shown.count("<button") == 1
    assert 'type="button"' in shown
    assert 'aria-label="Explanation: Head count"' in shown
    assert f'title="{explanation("head_count")}"' in shown


def test_a_heading_sorts_as_before_and_is_read_out_without_its_control(english: None) -> None:
    plain, sorting, fixed = headings(WageTable([{"name": "a", "wage": 1, "run": "x"}]))
    assert "<button" not in plain
    assert "aria-label" not in plain
    assert 'aria-label="Contract wage (€)"' in sorting
    assert re.search(r'<a href="\?sort=[^"]*wage[^"]*">Contract wage \(€\)', sorting)
    assert sorting.count("<button") == fixed.count("<button") == 1
    assert "<a " not in fixed
    assert 'aria-label="Run"' in fixed


def test_a_panel_and_a_figure_carry_a_term(english: None) -> None:
    said = str(explanation("journal"))
    boxed = render("{% panel title='Journal' term='journal' %}x{% endpanel %}")
    assert "<h2>Journal</h2>" in boxed
    assert said in boxed
    assert said in render("{% figure 'Journal' 1 term='journal' %}")
    assert "<button" not in render("{% panel title='Journal' %}x{% endpanel %}{% figure 'Journal' 1 %}")


def test_a_registered_panel_shows_its_term(english: None) -> None:
    fields = dict.fromkeys(("name", "template", "capability"), "")
    panel = Panel(title="Wage cost", context=lambda request, row: {}, term="wage_cost", **fields)  # type: ignore[arg-type]
    shown = render("{% show_panel shown %}", shown=panels.ShownPanel(panel, permitted=False, context={}))
    assert str(explanation("wage_cost")) in shown
