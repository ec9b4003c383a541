"""The pictures that are kept with the source are those that `make screenshots` takes: none missing, none left over."""

import re
from itertools import product
from pathlib import Path

import pytest
from PIL import Image

from tests import screenshots

TOP = Path(__file__).resolve().parents[2]
FOLDER = TOP / "docs" / "screenshots"


def test_the_folder_holds_every_picture_and_nothing_else():
    assert {path.name for path in FOLDER.iterdir()} == screenshots.file_names()
    assert len(screenshots.file_names()) == 64 + 2


@pytest.mark.parametrize(("page", "width"), list(product(screenshots.PAGES, screenshots.WIDTHS)))
def test_every_picture_is_one_screen_of_the_size_in_its_name(page, width):
    for theme, language in product(screenshots.THEMES, screenshots.LANGUAGES):
        with Image.open(FOLDER / screenshots.file_name(page, width, theme, language)) as picture:
            assert picture.size == (width, screenshots.WIDTHS[width])


@pytest.mark.parametrize("text", [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))], ids=lambda text: text.name)
def test_every_picture_in_a_text_is_there(text):
    shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text.read_text(encoding="utf-8"))
    assert [picture for picture in shown if not (text.parent / picture).is_file()] == []
