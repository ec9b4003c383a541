"""Translations: found everywhere, checked for completeness, compiled without gettext tools."""

import gettext
from pathlib import Path

import pytest

from portal.ui import catalogue

TEMPLATE = """{% translate "Clients" %}
  <p title="{% translate 'Head count' %}">{% empty_state "nothing" text=_("Nobody") %}</p>
{% blocktranslate count people=total %}{{ people }} person{% plural %}{{ people }} people{% endblocktranslate %}
"""
CODE = '''from django.utils.translation import gettext as _, ngettext, pgettext

def words(count, name):
    """Doc."""
    return _("Joiners"), ngettext("%(n)s row", "%(n)s rows", count), pgettext("month", "May"), _(name)
'''
HEADER = r"""msgid ""
msgstr ""
"Language: nl\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "templates" / "x").mkdir(parents=True)
    (tmp_path / "templates" / "x" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "portal" / "x").mkdir(parents=True)
    (tmp_path / "portal" / "x" / "words.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def written(folder: Path, body: str) -> Path:
    path = folder / "django.po"
    path.write_text(HEADER + body, encoding="utf-8")
    return path


def test_messages_of_templates_and_code_are_found(sources: Path) -> None:
    found = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue.extract(sources)}
    assert found == {"", "Clients", "Head count", "Nobody", "%(people)s person", "Joiners", "%(n)s row", "May"}


def test_a_message_keeps_its_translation_and_an_unused_one_goes(sources: Path) -> None:
    known = catalogue.load(written(sources, 'msgid "Clients"\nmsgstr "Klanten"\n\nmsgid "Gone"\nmsgstr "Weg"\n'))
    target = sources / "out" / "django.po"
    catalogue.save(catalogue.merge(catalogue.extract(sources), known), target)
    saved = catalogue.load(target)
    assert saved.get("Clients").string == "Klanten"  # type: ignore[union-attr]
    assert saved.get("Gone") is None


def test_a_message_that_got_a_plural_has_to_be_translated_again(sources: Path) -> None:
    known = catalogue.load(written(sources, 'msgid "%(n)s row"\nmsgstr "%(n)s rij"\n'))
    found = catalogue.extract(sources)
    assert "not translated: '%(n)s row' (portal/x/words.py)" in catalogue.problems(found, known)
    target = sources / "out" / "django.po"
    catalogue.save(catalogue.merge(found, known), target)
    assert catalogue.load(target).get("%(n)s row").string == ("", "")  # type: ignore[union-attr]


def test_writing_twice_changes_nothing(sources: Path) -> None:
    target = sources / "django.po"
    catalogue.save(catalogue.merge(catalogue.extract(sources), catalogue.load(target)), target)
    first = target.read_bytes()
    catalogue.save(catalogue.merge(catalogue.extract(sources), catalogue.load(target)), target)
    assert target.read_bytes() == first


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('msgid "Clients"\nmsgstr ""\n', "not translated: 'Clients'"),
        ('#, fuzzy\nmsgid "Clients"\nmsgstr "Klanten"\n', "fuzzy: 'Clients'"),
        ('msgid "Gone"\nmsgstr "Weg"\n', "no longer used: 'Gone'"),
        ('#~ msgid "Old"\n#~ msgstr "Oud"\n', "obsolete: 'Old'"),
        (
            'msgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(m)s rij"\nmsgstr[1] "%(m)s rijen"\n',
            "other placeholders than the original: '%(n)s row'",
        ),
        (
            'msgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s rij"\nmsgstr[1] ""\n',
            "not translated: '%(n)s row'",
        ),
    ],
)
def test_what_is_not_complete_is_named(sources: Path, body: str, complaint: str) -> None:
    found = catalogue.problems(catalogue.extract(sources), catalogue.load(written(sources, body)))
    assert [line for line in found if line.startswith(complaint)]


def test_a_compiled_catalogue_translates(tmp_path: Path) -> None:
    body = 'msgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s rij"\nmsgstr[1] "%(n)s rijen"\n'
    target = catalogue.compile_catalogue(written(tmp_path, body))
    with target.open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert [words.ngettext("%(n)s row", "%(n)s rows", n) % {"n": n} for n in (1, 0, 2)] == [
        "1 rij",
        "0 rijen",
        "2 rijen",
    ]
