"""Threat 34: a logo is the one thing that anybody may upload. What is kept of it is pixels that we drew."""

import random
import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.accounts.models import FirmLogo
from portal.administration.logo import drawn_anew
from portal.audit.models import Entry
from tests.administration.pages import url

MARK = b"kan-polyglot"
PAGE = b"<!doctype html><script>alert('kan-polyglot')</script>"
LOGO = "/brand/logo.png"


def picture(kind="PNG", size=(64, 32), mode="RGB"):
    content = BytesIO()
    Image.new(mode, size, 1).save(content, kind)
    return content.getvalue()


def archive():
    content = BytesIO()
    with ZipFile(content, "w") as file:
        file.writestr("evil.html", PAGE)
    return content.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def announced(width, height, *more):
    """A PNG whose first words say this size, with a little of its pixels behind them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000, 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + pixels + chunk(b"IEND", b"")


def packed(name, before):
    """A part of a PNG that is 300 MB of nought, packed."""
    packer, much = zlib.compressobj(9), b"\0" * 1_000_000
    return chunk(name, before + b"".join(packer.compress(much) for _ in range(300)) + packer.flush())


def sent(boss, office, content, name="logo.png", kind="image/png"):
    return boss.post(
        url("branding"), {"name": office.firm.name, "logo": SimpleUploadedFile(name, content, content_type=kind)}
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("behind", [PAGE, archive() + MARK], ids=["page", "archive"])
def test_threat_34_of_a_picture_that_is_something_else_too_only_the_picture_is_kept(office, boss, kind, behind):
    assert sent(boss, office, picture(kind) + behind).status_code == 302
    kept = bytes(FirmLogo.objects.get(firm=office.firm).image)
    shown = boss.get(LOGO)
    assert shown.content == kept
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert not [one for one in (MARK, b"PK\x03\x04", b"script") if one in kept]


def test_threat_34_words_inside_a_picture_are_not_kept(office, boss):
    inside = announced(20, 10, chunk(b"tEXt", b"Comment\0" + PAGE))
    assert sent(boss, office, inside).status_code == 302
    assert b"script" not in bytes(FirmLogo.objects.get(firm=office.firm).image)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (announced(30_000, 30_000), "larger than 4000 pixels"),
        # So many that Pillow only warns of them.
        (announced(12_000, 10_000), "larger than 4000 pixels"),
        (announced(2**31 - 1, 2**31 - 1), "larger than 4000 pixels"),
        (announced(4_001, 1), "larger than 4000 pixels"),
        (announced(20, 10, packed(b"zTXt", b"Comment\0\0")), "damaged or cut off"),
        (announced(20, 10, packed(b"iTXt", b"Comment\0\1\0\0\0")), "damaged or cut off"),
        (b"", "empty"),
        (archive(), "no PNG or JPEG"),
        (PAGE, "no PNG or JPEG"),
        (b"GIF89a" + PAGE, "no PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n", "no PNG or JPEG"),
        (b"\xff\xd8\xff\xe0" + PAGE, "damaged or cut off"),
    ],
    ids=[
        *("huge", "large", "largest", "wide", "packed words", "packed words of another kind"),
        *("empty", "archive", "page", "gif", "png without content", "jpeg without content"),
    ],
)
def test_threat_34_bombs_and_what_is_no_picture_are_refused_with_the_reason(office, boss, content, said):
    answer = sent(boss, office, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert not FirmLogo.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.png", "/etc/cron.d/kan.png", "..\\..\\kan.png", "kan\0.png", "kan.html", "k" * 300]
)
def test_threat_34_the_name_of_the_file_is_used_nowhere(office, boss, settings, tmp_path, name):
    folder = tmp_path / "uploads"
    folder.mkdir()
    settings.MEDIA_ROOT = settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    assert sent(boss, office, picture(), name=name).status_code == 302
    assert bytes(FirmLogo.objects.get(firm=office.firm).image).startswith(b"\x89PNG")
    assert list(folder.iterdir()) == []
    assert "kan" not in str(list(Entry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/zip", "", "image/png\r\nX-Evil: 1"])
def test_threat_34_the_type_is_that_of_the_content_whatever_is_said(office, boss, kind):
    assert sent(boss, office, picture("JPEG"), kind=kind).status_code == 302
    shown = boss.get(LOGO)
    assert (shown["Content-Type"], shown.content[:4]) == ("image/png", b"\x89PNG")
    assert sent(boss, office, PAGE, kind="image/png").status_code == 422


def test_threat_34_a_broken_picture_is_refused_and_never_an_error():
    dice = random.Random(34)
    outcomes = {True: 0, False: 0}
    for original in (picture(), picture("JPEG"), picture(mode="P"), announced(40, 20)):
        for _ in range(100):
            broken = bytearray(original)
            for _ in range(dice.randint(1, 8)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            try:
                kept = drawn_anew(SimpleUploadedFile("a.png", bytes(broken[: dice.randint(1, len(broken))])))
            except ValidationError:
                outcomes[False] += 1
            else:
                outcomes[True] += kept.startswith(b"\x89PNG")
    assert sum(outcomes.values()) == 400
    assert all(outcomes.values())
