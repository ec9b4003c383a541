"""Components: their markup is accessible, safe, and needs no inline style or script."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template
from django.test import RequestFactory

from portal.ui import icons
from portal.ui.charts import Chart, Series
from portal.ui.empty import EMPTY_STATES
from portal.ui.freshness import FreshnessLine, FreshnessSummary, State
from portal.ui.progress import Progress

HOSTILE = "<img src=x onerror=alert(1)>\"'"
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/page/", {"as_of": "2026-11-22", "tag": HOSTILE, "page": "3"})
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


def test_no_template_has_inline_style_or_script() -> None:
    assert len(TEMPLATES) > 100
    for path in TEMPLATES:
        markup = path.read_text(encoding="utf-8")
        text = re.sub(r"{%.*?%}", "", markup)
        assert "|safe" not in markup, path
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path


def test_every_icon_that_code_names_exists() -> None:
    named = set()
    for path in TEMPLATES:
        named |= set(re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8")))
    for level in State:
        named.add(level.status.shown_icon)
    named |= {state.icon for state in EMPTY_STATES.values()}
    assert named
    for name in named:
        assert icons.strokes(name)


@pytest.mark.parametrize("name", ["no-such-icon", "../secrets", ""])
def test_an_unknown_icon_is_an_error(name: str) -> None:
    with pytest.raises(LookupError):
        icons.draw(name)


def test_an_icon_beside_a_word_is_hidden_from_screen_readers_and_one_alone_is_named() -> None:
    assert 'aria-hidden="true"' in icons.draw("lock")
    assert 'role="img" aria-label="Locked"' in icons.draw("lock", "Locked")


def test_a_status_is_a_word_with_an_icon(english: None) -> None:
    shown = render('{% status "late" "2 days late" %}')
    assert "<svg" in shown
    assert "2 days late" in shown


def test_an_unknown_status_level_is_an_error() -> None:
    with pytest.raises((ValueError, TemplateSyntaxError)):
        render('{% status "urgent" "2 days late" %}')


@pytest.mark.parametrize("kind", sorted(EMPTY_STATES))
def test_the_four_reasons_for_an_empty_page_differ(kind: str) -> None:
    others = {str(state.title) for name, state in EMPTY_STATES.items() if name != kind}
    assert len(others) == 3
    assert str(EMPTY_STATES[kind].title) not in others
    assert str(EMPTY_STATES[kind].title) in render("{% empty_state kind %}", kind=kind)


def test_remote_text_stays_text_in_every_component() -> None:
    progress = Progress(HOSTILE, HOSTILE, "/p/", done=1, total=2, detail=HOSTILE)
    chart = Chart("k", HOSTILE, [HOSTILE], [Series(HOSTILE, [1])])
    summary = FreshnessSummary((FreshnessLine(HOSTILE, State.FAILING, error_kind=HOSTILE),))
    shown = render(
        "{% panel title=bad footer=bad %}{{ bad }}{% endpanel %}{% figure bad 1 note=bad points=points %}"
        '{% empty_state "nothing" title=bad text=bad %}{% chart chart %}{% progress progress %}'
        "{% freshness_badge summary %}{% status 'late' bad %}{% as_of_picker day %}"
        "{% confirm key='k' url='/p/' title=bad verb=bad %}{{ bad }}{% endconfirm %}",
        bad=HOSTILE,
        chart=chart,
        progress=progress,
        summary=summary,
        points=[1, 2],
        day=date(2026, 11, 22),
    )
    assert "<img" not in shown
    assert "onerror=alert(1)>\"'" not in shown


def test_work_under_way_asks_for_itself_and_finished_work_does_not(english: None) -> None:
    running = render("{% progress p %}", p=Progress("k", "Resync", "/p/", done=1, total=3))
    finished = render("{% progress p %}", p=Progress("k", "Resync", "/p/", done=3, total=3, finished=True))
    assert 'hx-get="/p/"' in running
    assert "hx-get" not in finished
    assert 'value="33"' in running
    assert "Resync: 25%" in running  # what a screen reader hears
    assert "Resync: finished" in finished


def test_nothing_to_do_counts_as_done() -> None:
    assert Progress("k", "Resync", "/p/", done=0, total=0).percent == 100
    assert Progress("k", "Resync", "/p/", done=0).percent is None


def test_the_day_picker_keeps_the_other_parameters_and_forgets_the_page() -> None:
    shown = render("{% as_of_picker day %}", day=date(2026, 11, 22))
    assert 'name="tag"' in shown
    assert 'name="page"' not in shown
    assert shown.count('name="as_of"') == 1
    assert 'value="2026-11-22"' in shown


def test_the_chart_has_its_values_in_a_table(english: None) -> None:
    shown = render("{% chart chart %}", chart=Chart("k", "Wage (€)", ["Oct"], [Series("now", [1250])], unit="money"))
    assert "<caption" in shown
    assert "€1,250" in shown


@pytest.mark.parametrize("code", ["400", "403", "404", "500", "403_csrf"])
def test_an_error_page_says_what_happened_what_it_means_and_what_to_do(code: str, english: None) -> None:
    shown = get_template(f"{code}.html").render({} if code == "500" else {"LANGUAGE_CODE": "en"})
    assert re.findall(r"<h2>([^<]+)</h2>", shown) == ["What happened", "What it means", "What you can do"]


def test_the_page_for_our_own_mistakes_needs_no_request_and_no_database() -> None:
    # pytest-django refuses any query here: the test asks for no database.
    assert "500" in get_template("500.html").render()
