"""The page of search and the options of its dialog: grouped, escaped, in the reader's language, and never broken."""

import re
import time

import pytest

from portal.accounts.roles import Role
from portal.audit.models import Entry as TrailEntry
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.search.index import lately
from portal.search.index.folding import asked, fold, words
from portal.search.models import Entry, Opened
from tests.factories import SEEN

pytestmark = pytest.mark.pages

ADDRESSES = ("/search/", "/search/options/")


def text_of(answer) -> str:
    """What somebody reads, on one line."""
    assert answer.status_code == 200
    plain = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style|dialog).*?</\1>", "", answer.content.decode(), flags=re.S))
    return " ".join(plain.split())


@pytest.mark.parametrize("address", ADDRESSES)
def test_results_are_grouped_by_kind_with_the_client_beside_people(address, boss, signed_in):
    text = text_of(signed_in(boss).get(address, {"q": "hendriks"}))
    assert text.index("Clients Garage Hendriks") < text.index("Companies Garage Hendriks B.V.")
    text = text_of(signed_in(boss).get(address, {"q": "postma"}))
    assert "Employees Postma, W. Garage Hendriks · Garage Hendriks B.V. 101" in text


def test_without_script_the_page_is_a_list_of_links(office, boss, signed_in):
    page = signed_in(boss).get("/search/", {"q": "postma"}).content.decode()
    assert f'href="/employees/{office.people["Postma, W."].pk}/"' in page
    assert '<form class="ui-filters"' in page
    assert 'value="postma"' in page


def test_a_part_of_the_page_is_asked_for_by_htmx(boss, signed_in):
    part = signed_in(boss).get("/search/", {"q": "postma"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'data-announce="1 result"' in part


def test_options_are_counted_through_for_the_field_that_points_at_them(boss, signed_in):
    part = signed_in(boss).get("/search/options/", {"q": "berg"}).content.decode()
    assert re.findall(r'id="search-option-(\w+)"', part) == ["0", "1"]
    assert 'data-said="2 results"' in part


def test_names_that_differ_a_little_are_marked(boss, signed_in):
    text = text_of(signed_in(boss).get("/search/", {"q": "ozdemri"}))
    assert "Özdemir, H. Bakkerij De Gouden Aar · Bakkerij De Gouden Aar B.V. similar name" in text


def test_more_than_fits_says_so_and_leads_to_the_page(office, boss, signed_in):
    part = signed_in(boss).get("/search/options/", {"q": "10"}).content.decode()
    assert 'href="/search/?q=10"' in part
    assert part.count('role="option"') == 7


def test_nothing_found_is_said(boss, signed_in):
    assert "Nothing found" in signed_in(boss).get("/search/options/", {"q": "xyzzy"}).content.decode()
    assert "Nothing found" in text_of(signed_in(boss).get("/search/", {"q": "xyzzy"}))


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_sees_one_company_reads_nothing_of_its_client(address, office, signed_in):
    Debtor.objects.filter(pk=office.clients["Garage Hendriks"].pk).update(name="Verborgen Holding")
    user = office.member(Role.CLIENT_USER, company=office.companies["Garage Hendriks"])
    text = text_of(signed_in(user).get(address, {"q": "postma"}))
    assert "Postma, W. Garage Hendriks B.V." in text
    assert "Verborgen" not in signed_in(user).get(address, {"q": "verborgen"}).content.decode().replace("verborgen", "")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("typed", ["berg", "bregen", "k1001", "101", "gouden aar", "zonneveld"])
def test_the_answer_is_the_same_whether_another_office_has_such_a_client_or_not(
    address, typed, office, other_office, signed_in
):
    """Counts, marks and the note that there are more included."""
    user = office.member(Role.ACCOUNTANT, debtor=office.clients["Garage Hendriks"])
    browser = signed_in(user)
    with_them = text_of(browser.get(address, {"q": typed}))
    Entry.objects.filter(environment__firm=other_office.firm).delete()
    Entry.objects.filter(debtor=office.clients["Bakkerij De Gouden Aar"].pk).delete()
    assert moments_apart(text_of(browser.get(address, {"q": typed}))) == moments_apart(with_them)


def moments_apart(text: str) -> str:
    """Without the minute that the page was made."""
    return re.sub(r"\d\d:\d\d", "", text)


def test_an_outdated_index_shows_nothing_that_is_gone(office, boss, signed_in):
    Employee.everything.filter(pk=office.people["Postma, W."].pk).update(missing_since=SEEN)
    Company.everything.filter(pk=office.companies["Bakkerij De Gouden Aar"].pk).update(missing_since=SEEN)
    for typed in ("postma", "berg", "gouden"):
        text = signed_in(boss).get("/search/options/", {"q": typed}).content.decode()
        assert "Postma" not in text
        assert "Berg" not in text
        assert "Aar B.V." not in text


# --- what was opened lately ------------------------------------------------------------------------------------------


def test_opening_a_page_puts_it_on_top_of_what_is_offered_before_a_word_is_typed(office, boss, signed_in):
    browser = signed_in(boss)
    for address in (
        f"/employees/{office.people['Postma, W.'].pk}/",
        f"/clients/{office.clients['Garage Hendriks'].pk}/",
    ):
        assert browser.get(address).status_code == 200
    text = text_of(browser.get("/search/options/"))
    assert text.startswith("Lately opened Garage Hendriks")
    assert "Postma, W." in text
    assert Opened.objects.count() == 2
    browser.get(f"/employees/{office.people['Postma, W.'].pk}/")
    assert text_of(browser.get("/search/options/")).startswith("Lately opened Postma, W.")
    assert Opened.objects.count() == 2


def test_only_so_many_are_kept_and_the_oldest_goes(rf, monkeypatch, office, boss):
    monkeypatch.setattr(lately, "KEPT", 3)
    request = rf.get("/")
    request.user = boss
    people = list(office.people.values())[:5]
    for person in people:
        lately.remember(request, person)
    kept = Opened.objects.order_by("at", "pk").values_list("entry__target", flat=True)
    assert list(kept) == [person.pk for person in people[2:]]


def test_looking_as_somebody_leaves_no_trace_in_what_they_opened(rf, office, boss):
    request = rf.get("/")
    request.user, request.look = boss, object()
    lately.remember(request, office.people["Postma, W."])
    assert Opened.objects.count() == 0


def test_the_search_page_is_in_the_audit_trail_by_client_and_the_dialog_is_not(office, boss, signed_in):
    browser = signed_in(boss)
    person = office.people["Postma, W."]
    before = TrailEntry.objects.count()
    browser.get("/search/options/", {"q": "postma"})
    browser.get("/search/", {"q": "nobody is called so"})
    assert TrailEntry.objects.count() == before
    browser.get("/search/", {"q": "postma"})
    entry = TrailEntry.objects.latest("number")
    assert TrailEntry.objects.count() == before + 1
    assert (entry.kind, entry.debtor_id, entry.employee_id) == ("list_read", person.company.debtor_id, None)
    assert entry.detail == {"kind": ["employee"], "filters": ["q"]}
    browser.get(f"/employees/{person.pk}/")
    assert TrailEntry.objects.count() == before + 2


# --- pages of the portal ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "typed", "name"), [("nl", "medewerk", "Medewerkers"), ("en", "emplyees", "Employees")]
)
def test_pages_are_found_by_their_name_in_the_readers_language(language, typed, name, boss, signed_in):
    type(boss).objects.filter(pk=boss.pk).update(language=language)
    part = signed_in(boss).get("/search/options/", {"q": typed}).content.decode()
    assert 'href="/employees/"' in part
    assert name in part


def test_only_pages_that_somebody_may_open_are_offered(office, boss, signed_in):
    user = office.member(Role.CLIENT_USER, debtor=office.clients["Garage Hendriks"])
    assert "/administration/trail/" in signed_in(boss).get("/search/options/", {"q": "audit"}).content.decode()
    assert "/administration/trail/" not in signed_in(user).get("/search/options/", {"q": "audit"}).content.decode()


def test_pages_below_the_menu_are_found(boss, signed_in):
    part = signed_in(boss).get("/search/options/", {"q": "teams"}).content.decode()
    assert "/administration/teams/" in part


# --- bad input -------------------------------------------------------------------------------------------------------

HOSTILE = [
    '"', "'", "berg'", '" OR "a"*', "NEAR(a b)", "a AND NOT b", "text:berg", "^berg", "-berg", "%", "_", "%berg%", "\\",
    "\0", "berg\0", "\u202eberg", "\U0001f600", "\ufdfa" * 100, "<script>alert(1)</script>", "{{ 7|add:7 }}",
    "a" * 10_000, "berg " * 2_000, "é" * 10_000, "1" * 10_000, "' ; DROP TABLE search_entry; --", "(" * 500,
    "\x85", "٣",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_that_can_be_typed_breaks_it_or_makes_it_slow(address, boss, signed_in):
    browser = signed_in(boss)
    for typed in HOSTILE:
        began = time.perf_counter()
        answer = browser.get(address, {"q": typed})
        assert answer.status_code == 200, ascii(typed[:40])
        assert time.perf_counter() - began < 2, ascii(typed[:40])
        assert b"<script>alert" not in answer.content


def test_a_text_that_is_too_long_is_cut_and_the_page_says_so(boss, signed_in):
    text = text_of(signed_in(boss).get("/search/", {"q": "postma " + "x" * 10_000}))
    assert "Only the beginning of this text was looked for: 100 characters, six words." in text


def test_names_stay_text(office, boss, signed_in):
    Employee.objects.filter(pk=office.people["Postma, W."].pk).update(display_name="<b onclick=x>Postma")
    assert b"&lt;b onclick=x&gt;Postma" in signed_in(boss).get("/search/", {"q": "postma"}).content


def test_what_is_typed_holds_only_letters_digits_and_spaces_when_a_database_gets_it():
    for typed in HOSTILE:
        wanted = asked(typed)
        assert len(wanted.words) <= 6
        for word in (*wanted.words, wanted.number):
            assert word.isalnum() or word == ""
            assert len(word) <= 40
        assert all(word.isalnum() for word in words(typed))
        assert len(fold(typed, 300)) <= 302
