"""What is found: names with typing errors, marks and particles, numbers by their beginning, and only what is theirs."""

import pytest

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.search.index import keeping, lately
from portal.search.index.engines import Walking
from portal.search.models import Opened
from tests.factories import make_company, make_person
from tests.search.conftest import found_by

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("berg", "Berg, A. van den"),
        ("van den berg", "Berg, A. van den"),
        ("VAN DEN BERG", "Berg, A. van den"),
        ("berg a", "Berg, A. van den"),
        ("ozdemir", "Özdemir, H."),
        ("ÖZDEMİR", "Özdemir, H."),
        ("ozdemri", "Özdemir, H."),
        ("luczak", "Łuczak, M."),
        ("muller strassburg", "Müller-Straßburg, N."),
        ("straßburg", "Müller-Straßburg, N."),
        ("van 't hof", "Hof, E. van 't"),
        ("dancona", "D'Ancona, G."),
        ("d'ancona", "D'Ancona, G."),
        ("amrani", "El Amrani, Y."),
        ("nguyen", "Nguyễn, T."),
        ("bakkr", "Bakker, B."),
        ("bekker", "Bakker, B."),
        ("abkker", "Bakker, B."),
        ("steenbregen", "Steenbergen, K."),
        ("vr", "Vries, J. de"),
        ("jnasen", "Jansen, P."),
    ],
)
def test_a_person_is_found_by_what_people_type(boss, people_found, typed, name):
    assert name in people_found(boss, typed)


@pytest.mark.parametrize("typed", ["xyzzy", "bakkerinos", "q", "van der berg", "postmaster", "100%", "_ _", '"'])
def test_other_names_find_nobody(boss, people_found, typed):
    assert people_found(boss, typed) == []


def test_the_exact_name_comes_before_one_that_is_only_alike(boss, people_found):
    assert people_found(boss, "jansen")[:2] == ["Jansen, P.", "Janssen, Q."]
    assert people_found(boss, "janssen")[:2] == ["Janssen, Q.", "Jansen, P."]


def test_a_name_that_begins_so_comes_before_one_that_holds_it(boss, people_found):
    assert people_found(boss, "berg") == ["Berg, A. van den", "Steenbergen, K."]


@pytest.mark.parametrize("typed", ["K-1001", "k1001", "K-10", "k 10"])
def test_a_client_is_found_by_its_number(boss, office, typed):
    assert ("debtor", office.clients["Bakkerij De Gouden Aar"].pk) in found_by(boss, typed)


def test_a_number_is_found_by_its_beginning_and_the_whole_one_comes_first(boss, office):
    company = office.companies["Garage Hendriks"]
    people = [make_person(company, f"Nummer, {number}", number=number) for number in (1999, 19, 199)]
    keeping.of_company(company.pk)
    assert [pk for kind, pk in found_by(boss, "19") if kind == "employee"] == [
        people[1].pk,
        people[2].pk,
        people[0].pk,
    ]


def test_number_and_name_together_find_one_of_many(boss, office):
    found = found_by(boss, "101 postma")
    assert found == [("employee", office.people["Postma, W."].pk)]


def test_what_was_opened_lately_comes_first(rf, boss, office, people_found):
    request = rf.get("/")
    request.user = boss
    for name in ("Steenbergen, K.", "Janssen, Q."):
        lately.remember(request, office.people[name])
    assert people_found(boss, "berg") == ["Steenbergen, K.", "Berg, A. van den"]
    assert people_found(boss, "jansn") == ["Janssen, Q.", "Jansen, P."]


def test_no_more_than_asked_for_of_each_kind(boss, office):
    company = office.companies["Garage Hendriks"]
    for place in range(9):
        make_person(company, f"Garage, {place}")
    keeping.of_company(company.pk)
    kinds = [kind for kind, _ in found_by(boss, "garage", most=4)]
    assert [kinds.count(kind) for kind in ("debtor", "company", "employee")] == [1, 1, 4]


def test_a_particle_that_thousands_have_does_not_hide_names_that_begin_so(monkeypatch, boss, office, people_found):
    company = office.companies["Garage Hendriks"]
    for place in range(9):
        make_person(company, f"Aalders {place}, de")
    last = make_person(company, "Dekker, Z.", number=8)
    keeping.of_company(company.pk)
    monkeypatch.setattr("portal.search.finding.CONSIDERED", 4)
    assert found_by(boss, "de", most=2)[-2:][0] == ("employee", last.pk)
    assert found_by(boss, "8", most=1) == [("employee", last.pk)]


# --- only what is theirs ---------------------------------------------------------------------------------------------


def test_nobody_finds_anything_of_another_office_by_any_word_number_or_error(boss, office, other_office):
    theirs = other_office.member(Role.ADMINISTRATOR)
    ours = {("debtor", row.pk) for row in office.clients.values()} | {
        ("employee", row.pk) for row in office.people.values()
    }
    for typed in ("berg", "bregen", "gouden aar", "k1001", "101", "7", "zonneveld", "zonnevedl", "van", "bakkerij"):
        assert not ours & set(found_by(theirs, typed))
        assert set(found_by(boss, typed)).isdisjoint(found_by(theirs, typed))
    assert found_by(boss, "zonnevedl") == []


def test_people_of_others_take_no_place_from_ones_own(boss, office, other_office):
    """An answer that is cut before the scope counts would hide what is one's own behind what is not."""
    for place in range(300):
        make_person(other_office.companies["Bakkerij De Gouden Aar"], f"Postmaa {place}")
    keeping.rebuild()
    assert found_by(boss, "postmaa") == [("employee", office.people["Postma, W."].pk)]


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.ASSISTANT, Role.CLIENT_ADMINISTRATOR, Role.CLIENT_USER])
def test_somebody_with_one_client_finds_that_client_and_its_people_only(office, people_found, role):
    user = office.member(role, debtor=office.clients["Garage Hendriks"])
    assert people_found(user, "postma") == ["Postma, W."]
    assert people_found(user, "berg") == []
    assert found_by(user, "gouden") == []


def test_somebody_with_one_company_does_not_find_its_client(office, people_found):
    user = office.member(Role.CLIENT_USER, company=office.companies["Garage Hendriks"])
    assert people_found(user, "postma") == ["Postma, W."]
    assert {kind for kind, _ in found_by(user, "garage")} == {"company"}


def test_nobody_without_a_place_finds_anything(office):
    nobody = User.objects.create_user("nobody@search.example", "Nobody")
    assert found_by(nobody, "berg") == []
    assert found_by(nobody, "2001") == []


def test_what_was_opened_stays_out_of_sight_once_the_right_is_gone(rf, office):
    user = office.member(Role.ACCOUNTANT, debtor=office.clients["Garage Hendriks"])
    request = rf.get("/")
    request.user = user
    lately.remember(request, office.clients["Garage Hendriks"])
    assert Opened.objects.visible_to(user).count() == 1
    user.memberships.all().delete()
    assert Opened.objects.visible_to(user).count() == 0


# --- without the database's help -------------------------------------------------------------------------------------


def test_a_database_without_trigrams_still_finds_by_name_and_number(monkeypatch, boss, people_found):
    monkeypatch.setattr("portal.search.finding.engine", Walking)
    assert people_found(boss, "ozdemir") == ["Özdemir, H."]
    assert people_found(boss, "berg")[0] == "Berg, A. van den"
    assert people_found(boss, "101") != []
    assert people_found(boss, "ozdemri") == []


@pytest.mark.parametrize("clients", [1, 30])
def test_the_number_of_queries_does_not_depend_on_how_many_clients_somebody_has(
    office, clients, django_assert_max_num_queries
):
    user = office.member(Role.ACCOUNTANT, debtor=office.client("Nieuw", "9"))
    for place in range(clients):
        Membership.objects.create(
            user=user, firm=office.firm, role=Role.ACCOUNTANT, debtor=office.client(f"Nieuw {place}", f"9{place}")
        )
    keeping.rebuild()
    with django_assert_max_num_queries(17):
        assert found_by(user, "nieuwe") != []


def test_companies_are_found_by_name_and_number(boss, office):
    company = make_company(office.clients["Garage Hendriks"], "Hendriks Lease", number=88)
    keeping.of_debtor(office.clients["Garage Hendriks"].pk)
    assert ("company", company.pk) in found_by(boss, "hendriks leas")
    assert ("company", company.pk) in found_by(boss, "88")
