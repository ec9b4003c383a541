"""Name, logo and colour of a firm: what is kept, what is refused, and who sees it."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from portal.accounts import rights
from portal.accounts.models import Firm
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.administration import logo
from portal.audit.models import Entry
from portal.ui import colours
from tests.administration.pages import by, person, url

CSS, LOGO = "/brand/colours.css", "/brand/logo.png"


def picture(size=(600, 200), kind="PNG", mode="RGB"):
    content = BytesIO()
    Image.new(mode, size, "red").save(content, kind)
    return content.getvalue()


def test_a_firm_gets_its_look_and_its_people_alone_see_it(office, other, boss):
    client_user = person(office, Role.CLIENT_ADMINISTRATOR, "a")
    upload = SimpleUploadedFile("../logo.svg", picture(kind="JPEG") + b"<script>", content_type="image/svg+xml")
    kept = boss.post(url("branding"), {"name": "Kantoor Jansen", "accent": "7A1FA2", "logo": upload})
    assert kept["Location"] == url("branding")
    firm = Firm.objects.get(pk=office.firm.pk)
    assert (firm.name, firm.accent, len(firm.logo_mark)) == ("Kantoor Jansen", "#7a1fa2", 16)
    entry = Entry.objects.get(kind="settings_changed")
    assert (entry.firm_id, entry.detail["fields"]) == (firm.pk, ["name", "accent", "logo"])
    for browser in (boss, by(client_user)):
        page = browser.get(reverse("administration:mine")).text
        assert f"{CSS}?7a1fa2" in page
        assert f"{LOGO}?{firm.logo_mark}" in page
        assert "Kantoor Jansen" in page
        sheet = browser.get(CSS)
        assert "--ui-accent: light-dark(#7a1fa2, #" in sheet.text
        assert (sheet["Content-Type"], sheet["Cache-Control"]) == ("text/css; charset=utf-8", "no-store")
        image = browser.get(LOGO)
        assert (image["Content-Type"], image["X-Content-Type-Options"]) == ("image/png", "nosniff")
        assert b"script" not in image.content
        with Image.open(BytesIO(image.content)) as shown:
            assert (shown.format, shown.size) == ("PNG", (288, 96))

    # Somebody of another firm, and somebody of two firms, see the portal's own.
    stranger = by(other.administrator)
    rights.give(SYSTEM, client_user, Place(other.firm.pk, Role.AUDITOR))
    for browser in (stranger, by(client_user)):
        assert CSS not in browser.get(reverse("administration:mine")).text
        assert browser.get(CSS).text == ""
        assert browser.get(LOGO).status_code == 404

    # Nothing new: nothing is written. The logo goes, the rest stays.
    boss.post(url("branding"), {"name": "Kantoor Jansen", "accent": "#7a1fa2"})
    assert Entry.objects.filter(kind="settings_changed").count() == 1
    boss.post(url("branding"), {"name": "Kantoor Jansen", "accent": "#7a1fa2", "without_logo": "on"})
    assert boss.get(LOGO).status_code == 404
    assert Firm.objects.get(pk=firm.pk).accent == "#7a1fa2"


def test_what_cannot_be_kept_is_said_with_its_figures(office, other, boss, monkeypatch):
    def said(**given):
        answer = boss.post(url("branding"), {"name": office.firm.name, **given})
        assert answer.status_code == 422
        return answer.text

    assert boss.post(url("branding")).status_code == 422
    assert boss.post(url("branding"), {"name": "x", "firm": other.firm.pk}).status_code == 404
    assert "already exists" in said(name=other.firm.name)
    faint = said(accent="#ffcc00")
    assert "text on a panel (light look) has a contrast of 1.51 : 1; at least 4.5 : 1 is needed" in faint
    assert "a button or bar (light look) has a contrast of 1.51 : 1; at least 3.0 : 1 is needed" in faint
    assert "Write the colour as #" in said(accent="red")
    assert "no PNG or JPEG" in said(logo=SimpleUploadedFile("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    assert "no PNG or JPEG" in said(logo=SimpleUploadedFile("a.png", picture(kind="GIF")))
    assert "damaged or cut off" in said(logo=SimpleUploadedFile("a.png", picture()[:-40]))
    assert "larger than 4000 pixels" in said(logo=SimpleUploadedFile("a.png", picture((4001, 1), mode="1")))
    monkeypatch.setattr(logo, "MOST_BYTES", 100)
    assert "larger than 1 MB" in said(logo=SimpleUploadedFile("a.png", picture()))
    assert not Entry.objects.filter(kind="settings_changed").exists()
    assert by(person(office, Role.ACCOUNTANT, "a")).get(url("branding")).status_code == 403


def test_contrast_is_that_of_wcag_and_the_dark_look_is_readable_whatever_passes_in_the_light_one():
    assert round(colours.contrast("#777777", "#ffffff"), 2) == 4.48
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert all(one.passes for one in colours.measures(colours.OWN))
    for colour in ("#000000", "#0a0a00", "#7a1fa2", "#00563b", "#b00020", "#5c4033", "#00008b", "#0000ff", "#4d5d53"):
        assert [one for one in colours.measures(colour) if not one.passes] == []
    assert not all(one.passes for one in colours.measures("#ff0000"))


@pytest.mark.parametrize("colour", ["#000000", "#050000", "#001000", colours.OWN, "#7a1fa2", "#b00020", "#4d5d53"])
def test_status_words_are_read_on_a_day_that_is_chosen_in_the_calendar(colour):
    for look, shades in enumerate((colours.light(colour), colours.dark(colour))):
        for name, pair in colours.STATUSES.items():
            assert colours.contrast(pair[look], shades.wash) >= colours.TEXT, (name, look)
    # What is not as dark as that has the wash that it always had.
    if colour == "#7a1fa2":
        assert colours.light(colour).wash == colours.mixed(colour, colours.WHITE, 0.09)


def test_a_status_word_that_cannot_be_read_on_the_tint_is_a_measure_like_the_others(monkeypatch):
    monkeypatch.setattr(colours, "STATUSES", {**colours.STATUSES, "soon": ("#b54708", "#3a3a3a")})
    failing = [one for one in colours.measures(colours.OWN) if not one.passes]
    assert [(one.place, one.front) for one in failing] == [("a status word on its tint", "#3a3a3a")]


def test_the_surfaces_are_those_of_the_style_sheet():
    sheet = Path("static/portal/portal.css").read_text(encoding="utf-8")
    found = dict(re.findall(r"--ui-(\w+): (light-dark\(#\w{6}, #\w{6}\))", sheet))
    assert {name: found[name] for name in colours.SURFACES} == {
        name: f"light-dark({light}, {dark})" for name, (light, dark) in colours.SURFACES.items()
    }
    assert {name: found[name] for name in colours.STATUSES} == {
        name: f"light-dark({light}, {dark})" for name, (light, dark) in colours.STATUSES.items()
    }
    assert colours.OWN in found["accent"]
