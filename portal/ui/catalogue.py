"""The Dutch translations: found in the code, checked, compiled. Babel does it; no gettext tools are needed.

Message ids are the English sentences, so English needs no catalogue.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGE = "nl"
_HEADER = """# Dutch translations of the portal. `manage.py messages --extract` writes the ids, people write the rest.
msgid ""
msgstr ""
"Language: nl\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
#: Gettext functions: which arguments are texts (0 is the first), and whether a context comes first.
_KEYWORDS: dict[str, tuple[tuple[int, ...], bool]] = {
    "_": ((0,), False),
    "gettext": ((0,), False),
    "gettext_lazy": ((0,), False),
    "gettext_noop": ((0,), False),
    "ngettext": ((0, 1), False),
    "ngettext_lazy": ((0, 1), False),
    "pgettext": ((1,), True),
    "pgettext_lazy": ((1,), True),
    "npgettext": ((1, 2), True),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def po_path() -> Path:
    """The catalogue that people edit."""
    return Path(settings.LOCALE_PATHS[0]) / LANGUAGE / "LC_MESSAGES" / "django.po"


def extract(top: Path) -> Catalog:
    """Every message of `portal/**/*.py` and of the templates under `top`, with the files it stands in."""
    catalog = Catalog(locale=LANGUAGE, project="nmbrs-portal", charset="utf-8", fuzzy=False)
    for path in _sources(top):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What templatize leaves of the markup is padding; its indentation would trip the tokenizer.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
        elif "gettext" not in text:
            continue
        place = path.relative_to(top).as_posix()
        for _line, keyword, found, _comments in extract_python(
            io.BytesIO(text.encode()), dict.fromkeys(_KEYWORDS), [], {"encoding": "utf-8"}
        ):
            _add(catalog, str(keyword), found, place)
    return catalog


def _sources(top: Path) -> Iterator[Path]:
    yield from sorted(top.glob("templates/**/*.html"))
    yield from sorted(top.glob("templates/**/*.txt"))
    yield from sorted(path for path in top.glob("portal/**/*.py") if "migrations" not in path.parts)


def _add(catalog: Catalog, keyword: str, found: object, place: str) -> None:
    arguments = found if isinstance(found, tuple) else (found,)
    positions, has_context = _KEYWORDS[keyword]
    texts = [arguments[position] for position in positions if position < len(arguments)]
    # A message that is not a literal (`_(name)`) is translated where the literal stands.
    if len(texts) == len(positions) and all(texts):
        message_id = texts[0] if len(texts) == 1 else tuple(texts)
        catalog.add(message_id, locations=[(place, 0)], context=arguments[0] if has_context else None)


def load(path: Path) -> Catalog:
    """The catalogue as it is on disk; an empty one when there is none yet."""
    if not path.is_file():
        return Catalog(locale=LANGUAGE, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def merge(found: Catalog, known: Catalog) -> Catalog:
    """`found` with the translations of `known`; what is no longer in the code is dropped.

    A message that got a plural, or lost it, has to be translated again.
    """
    for message in found:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        if old is not None and _is_translated(old) and old.pluralizable == message.pluralizable:
            message.string = old.string
            message.flags = old.flags
    return found


def save(catalog: Catalog, path: Path) -> None:
    """Write the catalogue in an order and form that makes small differences."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = io.BytesIO()
    write_po(body, catalog, width=120, omit_header=True, sort_output=True, include_lineno=False)
    path.write_bytes(_HEADER.encode() + body.getvalue())


def compile_catalogue(path: Path) -> Path:
    """Write the .mo file beside `path` and return it."""
    target = path.with_suffix(".mo")
    with target.open("wb") as file:
        write_mo(file, load(path))
    return target


def problems(found: Catalog, known: Catalog) -> list[str]:
    """What keeps the translation from being complete, one line each; empty when it is."""
    lines = []
    for message in found:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        where = ", ".join(place for place, _line in message.locations)
        if old is None or not _is_translated(old) or old.pluralizable != message.pluralizable:
            lines.append(f"not translated: {_first(message)!r} ({where})")
        elif old.fuzzy:
            lines.append(f"fuzzy: {_first(message)!r} ({where})")
        elif _placeholders(message.id) != _placeholders(old.string):
            lines.append(f"other placeholders than the original: {_first(message)!r} ({where})")
    lines += [
        f"no longer used: {_first(message)!r}"
        for message in known
        if message.id and found.get(message.id, message.context) is None
    ]
    lines += [f"obsolete: {_first(message)!r}" for message in known.obsolete.values()]
    return lines


def _is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(texts) and all(texts)


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _placeholders(texts: str | list[str] | tuple[str, ...] | None) -> set[str]:
    """The names of the placeholders in any of the texts: a singular may leave its number out."""
    joined = texts if isinstance(texts, str) else " ".join(texts or ())
    return {"".join(names) for names in _PLACEHOLDER.findall(joined)}
