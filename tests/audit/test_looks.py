"""A page that shows data of people beside other things leaves an entry that says whose clients and which kinds."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse

from portal import clock
from portal.audit.models import Entry
from portal.audit.verifying import verify
from portal.mirror.models import Change, ChangeKind
from tests.audit.tampering import run
from tests.factories import fetched_everything, make_contract, make_employee_type, make_employment, make_person

pytestmark = pytest.mark.pages


@pytest.fixture
def boss(administrator, signed_in):
    return signed_in(administrator())


@pytest.fixture
def people(office):
    """Two of client a and one of client b."""
    make_employee_type(office.environment)
    (other,) = office.b.companies.all()
    return [make_person(office.company, "Zwartjes"), make_person(office.company), make_person(other)]


def changed(owner, resource, field, *, person=None, company=None):
    return Change.objects.create(
        environment=owner.environment,
        debtor=owner,
        company=company or (person.company if person else None),
        employee=person,
        resource=resource,
        row_key=f"{Change.objects.count()}",
        field=field,
        old="3000",
        new="3100",
        kind=ChangeKind.CHANGED,
        learned_at=clock.now() - timedelta(hours=1),
    )


@pytest.fixture
def changes(office, people):
    """Of people of two clients, and of clients and companies themselves."""
    for person in people:
        changed(person.company.debtor, "salaries", "amount", person=person)
    changed(office.a, "contracts", "end_date", person=people[0])
    changed(office.a, "service_level", "level")
    changed(office.b, "runs", "locked", company=people[2].company)


def told(new):
    return [(entry.kind, entry.object_type, entry.debtor_id, entry.employee_id, entry.detail) for entry in new]


def test_changes_of_all_clients_are_one_entry_for_each_client_with_the_kinds(office, changes, boss, entered):
    with entered() as new:
        assert boss.get(reverse("dashboards:changes"), {"learned": "7"}).status_code == 200
    assert sorted(told(new), key=str) == sorted(
        [
            ("list_read", "change", office.a.pk, None, {"kind": ["contracts", "salaries"], "filters": ["learned"]}),
            ("list_read", "change", office.b.pk, None, {"kind": ["salaries"], "filters": ["learned"]}),
        ],
        key=str,
    )
    assert {entry.firm_id for entry in new} == {office.firm.pk}
    verify()


def test_only_what_the_page_shows_is_entered(office, changes, boss, entered):
    with entered() as new:
        assert (
            boss.get(reverse("dashboards:client_changes", args=[office.a.pk]), {"kind": "contracts"}).status_code == 200
        )
    assert [entry.detail["kind"] for entry in new] == [["contracts"]]
    with entered() as new:
        for kind in ("service_level", "runs"):
            boss.get(reverse("dashboards:changes"), {"kind": kind})
        boss.get(reverse("dashboards:changes_number"))
    assert new == []


def test_who_sees_one_company_leaves_the_client_in_the_entry_all_the_same(office, changes, people, signed_in, entered):
    from portal.accounts.models import Membership, User

    user = User.objects.create_user("single@test.example", "Single", "a-good-password")
    Membership.objects.create(user=user, firm=office.firm, role="accountant", company=people[0].company)
    with entered() as new:
        assert signed_in(user).get(reverse("dashboards:client_changes", args=[office.a.pk])).status_code == 200
    looks = [entry for entry in new if entry.kind == "list_read"]
    assert [(entry.actor_id, entry.debtor_id, entry.firm_id) for entry in looks] == [
        (user.pk, office.a.pk, office.firm.pk)
    ]


def test_a_file_of_changes_is_one_entry_and_no_look(office, changes, boss, entered):
    with entered() as new:
        answer = boss.post(reverse("ui:exports"), {"at": reverse("dashboards:changes"), "format": "csv"})
        assert "3,100" in b"".join(answer).decode("utf-8-sig")
    assert [entry.kind for entry in new] == ["exported"]


def test_the_page_of_a_client_with_changes_and_contracts_that_end_is_one_entry(office, changes, people, boss, entered):
    today = clock.today()
    make_contract(people[1], today - timedelta(days=90), today + timedelta(days=10))
    fetched_everything(office.a)
    with entered() as new:
        page = boss.get(reverse("dashboards:debtor", args=[office.a.pk]))
    assert "Zwartjes" in page.text
    assert told(new) == [("list_read", "debtor", office.a.pk, None, {"kind": ["contracts", "salaries"], "filters": []})]
    Change.objects.all().delete()
    for address in (
        reverse("dashboards:debtor", args=[office.a.pk]),
        reverse("companies:company", args=[people[1].company_id]),
    ):
        with entered() as new:
            assert boss.get(address).status_code == 200
        assert [(entry.debtor_id, entry.detail["kind"]) for entry in new] == [(office.a.pk, ["contracts"])]


def test_who_may_not_see_contracts_leaves_no_entry_about_them(office, people, firm, signed_in, entered):
    from portal.accounts.models import Membership, User

    today = clock.today()
    make_contract(people[1], today - timedelta(days=90), today + timedelta(days=10))
    user = User.objects.create_user("client@test.example", "Client", "a-good-password")
    Membership.objects.create(user=user, firm=firm, role="client_user", debtor=office.a)
    browser = signed_in(user)
    with entered() as new:
        assert browser.get(reverse("dashboards:debtor", args=[office.a.pk])).status_code == 200
    assert new == []


def test_changes_whose_entry_cannot_be_written_are_not_shown(office, changes, boss):
    addresses = [
        reverse("dashboards:changes"),
        reverse("dashboards:client_changes", args=[office.a.pk]),
        reverse("dashboards:debtor", args=[office.a.pk]),
    ]
    run("ALTER TABLE audit_head RENAME TO audit_gone")
    for address in addresses:
        with pytest.raises(DatabaseError):
            boss.get(address)
    run("ALTER TABLE audit_gone RENAME TO audit_head")
    assert [boss.get(address).status_code for address in addresses] == [200] * 3


def test_several_looks_hang_in_the_chain_one_after_the_other(office, changes, boss):
    for _ in range(3):
        boss.get(reverse("dashboards:changes"))
    numbers = list(Entry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    verify()


def test_who_joins_or_leaves_by_name_is_a_look_at_employments_on_every_page_that_says_so(office, people, boss, entered):
    today = clock.today()
    addresses = [
        reverse("dashboards:debtor", args=[office.a.pk]),
        reverse("companies:company", args=[people[0].company_id]),
        reverse("selfservice:client", args=[office.a.pk]),
        reverse("selfservice:period", args=[people[0].company_id]),
    ]
    fetched_everything(office.a)
    for address in addresses:
        with entered() as new:
            assert "Zwartjes" not in boss.get(address).text
        assert new == []
    make_employment(people[0], today)
    for address in addresses:
        with entered() as new:
            assert "Zwartjes" in boss.get(address).text, address
        assert [(entry.kind, entry.debtor_id, entry.detail["kind"]) for entry in new] == [
            ("list_read", office.a.pk, ["employments"])
        ]
