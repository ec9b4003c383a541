"""A secret is encrypted together with its row: pasted elsewhere, or changed, it does not open."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.db import connection, models, transaction

from portal.accounts.models import Firm, SingleSignOn
from portal.connections.models import Connection, Environment
from portal.debtors.models import DebtorBankAccount
from portal.employees.models import AccountOfEmployee
from portal.mirror.models import Quarantine
from portal.mirror.together import read_together
from portal.mirror.upsert import MANY, bulk_upsert
from portal.vault import EncryptedTextField, Misplaced, Sealed, open_row, seal_text
from portal.vault.cipher import is_bound_with_newest_key, open_bound, seal_bound
from portal.vault.rotation import Column, encrypted_columns, rotate
from tests.factories import SEEN, make_company, make_debtor, make_environment, make_person, mirrored

pytestmark = pytest.mark.database

PLACE = ("connections.connection", "token", "1", "soap")
DAY = date(2026, 1, 1)
IBAN, OTHER_IBAN = "NL20INGB0001234567", "NL02ABNA0123456789"


def stored(model: type[models.Model], pk: int, column: str) -> str:
    """The column as it lies in the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} WHERE id = %s", [pk])  # noqa: S608 - own names
        return str(cursor.fetchone()[0])


def paste(model: type[models.Model], pk: int, column: str, value: str) -> None:
    """What somebody with access to the database does."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", [value, pk])  # noqa: S608


@contextmanager
def refused(model: type[models.Model], column: str) -> Iterator[None]:
    """Misplaced, with the place and neither value nor key in its text."""
    with pytest.raises(Misplaced) as error:
        yield
    assert f"{model._meta.label_lower}.{column}" in str(error.value)
    assert "secret-" not in str(error.value)
    assert error.value.__suppress_context__


def two_connections(firm: Firm) -> list[models.Model]:
    return [
        Connection.objects.create(
            environment=Environment.objects.create(firm=firm, domain=name), host="http://x", user="u", token=name
        )
        for name in ("secret-1", "secret-2")
    ]


def two_sign_ons(firm: Firm) -> list[models.Model]:
    firms = [firm, Firm.objects.create(name="Another")]
    return [
        SingleSignOn.objects.create(firm=one, issuer="https://x", client_id="x", client_secret=name, domains=[name])
        for one, name in zip(firms, ("secret-1", "secret-2"), strict=True)
    ]


def two_accounts(firm: Firm) -> list[models.Model]:
    person = make_person(make_company(make_debtor(make_environment(firm))))
    values = {"company": person.company, "employee": person, "valid_from": DAY, "account_type": "None"}
    return [mirrored(AccountOfEmployee, person.environment, iban=iban, **values) for iban in ("secret-1", "secret-2")]


def two_left_out(firm: Firm) -> list[models.Model]:
    environment = make_environment(firm)
    values = {"environment": environment, "scope_key": "company:1", "resource": "salaries", "field": "amount"}
    rows = [
        Quarantine(row_key=name, raw=name, first_seen=SEEN, last_seen=SEEN, **values)
        for name in ("secret-1", "secret-2")
    ]
    return list(Quarantine.objects.bulk_create(rows))


TWO_ROWS = [
    (two_connections, "token"),
    (two_sign_ons, "client_secret"),
    (two_accounts, "iban"),
    (two_left_out, "raw"),
]


@pytest.mark.parametrize(("make", "column"), TWO_ROWS)
def test_the_ciphertext_of_one_row_does_not_open_in_another(
    make: Callable[[Firm], list[models.Model]], column: str, firm: Firm
) -> None:
    first, second = make(firm)
    model = type(first)
    paste(model, second.pk, column, stored(model, first.pk, column))
    assert getattr(model._base_manager.get(pk=first.pk), column) == "secret-1"
    pasted = model._base_manager.get(pk=second.pk)
    with refused(model, column):
        getattr(pasted, column)
    with refused(model, column):
        getattr(model._base_manager.defer(column).get(pk=second.pk), column)


def test_nor_in_another_column_or_table_of_the_same_environment(firm: Firm) -> None:
    environment = make_environment(firm)
    debtor = make_debtor(environment)
    person = make_person(make_company(debtor))
    own = mirrored(
        DebtorBankAccount, environment, debtor=debtor, key="7", iban=IBAN, valid_from=DAY, account_type="None"
    )
    values = {"company": person.company, "employee": person, "valid_from": DAY, "account_type": "None"}
    theirs = mirrored(AccountOfEmployee, environment, key="7", iban=OTHER_IBAN, **values)
    paste(AccountOfEmployee, theirs.pk, "iban", stored(DebtorBankAccount, own.pk, "iban"))
    with refused(AccountOfEmployee, "iban"):
        assert AccountOfEmployee.objects.get().iban
    with refused(AccountOfEmployee, "iban"):
        assert read_together({0: AccountOfEmployee.objects.all()})[0][0].iban


def test_a_changed_ciphertext_does_not_open() -> None:
    sealed = seal_bound("secret-1", PLACE)
    for place in range(len(sealed)):
        for letter in "AQ":
            changed = sealed[:place] + letter + sealed[place + 1 :]
            if changed != sealed:
                # The last letters of base64 hold bits that stand for nothing.
                try:
                    assert open_bound(changed, PLACE) == "secret-1"
                except Sealed:
                    continue
                assert place == len(sealed.rstrip("=")) - 1
    for short in (sealed[:3], sealed[:20], sealed[:-8], "b1.!!", "b1.ü"):
        with pytest.raises(Misplaced):
            open_bound(short, PLACE)


def test_places_that_read_the_same_in_a_row_are_different_places() -> None:
    sealed = seal_bound("secret-1", ("a.b", "c", "1", "2"))
    for place in (("a.b", "c", "12"), ("a.b", "c", "1", "2", ""), ("a.b", "c1", "2"), ("a.b", "c", "2", "1")):
        with pytest.raises(Misplaced):
            open_bound(sealed, place)


def test_equal_texts_do_not_show_as_equal_and_no_text_shows() -> None:
    first, second = seal_bound("secret-1", PLACE), seal_bound("secret-1", PLACE)
    assert first != second
    assert "secret" not in first


@pytest.mark.parametrize("count", [1, MANY])
def test_many_rows_written_at_once_are_bound_each_to_its_own(firm: Firm, count: int) -> None:
    debtors = [make_debtor(make_environment(firm, f"d{number}")) for number in range(2)]
    rows = [
        {
            "environment_id": debtor.environment_id,
            "debtor_id": debtor.pk,
            "key": str(number),
            "fingerprint": b"x",
            "first_seen": SEEN,
            "last_changed": SEEN,
            "valid_from": DAY,
            "iban": f"{IBAN}{number}",
            "bic": "",
            "holder": "",
            "city": "",
            "description": "",
            "account_type": "None",
        }
        for debtor in debtors
        for number in range(count)
    ]
    bulk_upsert(DebtorBankAccount, rows)
    found = list(DebtorBankAccount.objects.order_by("pk"))
    assert [row.iban for row in found] == [row["iban"] for row in rows]
    paste(DebtorBankAccount, found[0].pk, "iban", stored(DebtorBankAccount, found[-1].pk, "iban"))
    with refused(DebtorBankAccount, "iban"):
        assert DebtorBankAccount.objects.get(pk=found[0].pk).iban
    # The next sync puts it right: the row is the same one.
    bulk_upsert(DebtorBankAccount, rows)
    assert DebtorBankAccount.objects.get(pk=found[0].pk).iban == f"{IBAN}0"


def test_values_without_their_row_stay_sealed_until_the_row_is_there(firm: Firm) -> None:
    two_connections(firm)
    sealed = Connection.objects.values_list("token", flat=True)[0]
    assert str(sealed) == repr(sealed) == "<sealed>"
    rows = Connection.objects.order_by("pk").values("environment_id", "protocol", "token")
    assert [open_row(Connection, row)["token"] for row in rows] == ["secret-1", "secret-2"]


def test_what_cannot_be_bound_is_not_written_and_not_searched_for(firm: Firm) -> None:
    first, _ = two_connections(firm)
    with pytest.raises(TypeError, match="encrypted together with its row"), transaction.atomic():
        Connection.objects.update(token="x")
    with pytest.raises(TypeError, match="encrypted together with its row"), transaction.atomic():
        list(Connection.objects.filter(token="secret-1"))
    with pytest.raises(ValueError, match="without environment, protocol"):
        Connection._meta.get_field("token").sealed("x", {"environment_id": None, "protocol": "soap"})  # type: ignore[union-attr]
    assert list(Connection.objects.filter(token="")) == []
    with pytest.raises(TypeError, match="encrypted together with its row"), transaction.atomic():
        Connection.objects.bulk_update([first], ["token"])


def test_values_of_before_still_open_and_are_bound_by_the_next_rotation(firm: Firm) -> None:
    first, second = two_connections(firm)
    for row in (first, second):
        paste(Connection, row.pk, "token", seal_text(f"old-{row.pk}"))
    assert Connection.objects.get(pk=first.pk).token == f"old-{first.pk}"
    assert rotate(Column(Connection, "token")) == 2
    assert rotate(Column(Connection, "token")) == 0
    assert is_bound_with_newest_key(stored(Connection, first.pk, "token"))
    assert Connection.objects.get(pk=first.pk).token == f"old-{first.pk}"


def test_a_rotation_does_not_bind_what_was_pasted(firm: Firm, settings) -> None:
    first, second = two_connections(firm)
    paste(Connection, second.pk, "token", stored(Connection, first.pk, "token"))
    settings.VAULT_KEYS = [Fernet.generate_key().decode(), *settings.VAULT_KEYS]
    with pytest.raises(CommandError, match="find out who changed it"):
        call_command("rotate_keys", stdout=StringIO())
    with refused(Connection, "token"):
        assert Connection.objects.get(pk=second.pk).token


def test_a_dump_of_the_rows_holds_ciphertext(firm: Firm) -> None:
    two_connections(firm)
    dump = serialize("json", Connection.objects.all())
    assert '"token": "b1.' in dump
    assert "secret-" not in dump


def test_every_encrypted_column_is_bound_to_what_tells_its_row_from_others() -> None:
    columns = list(encrypted_columns())
    assert len(columns) >= 6
    for column in columns:
        field = column.model._meta.get_field(column.field)
        assert isinstance(field, EncryptedTextField)
        assert field.check() == []


@pytest.mark.parametrize(
    ("bound_to", "problem"), [((), "vault.E002"), (("environment",), "vault.E002"), (("nothing",), "vault.E001")]
)
def test_a_column_that_is_bound_to_nothing_or_too_little_stops_the_start(bound_to, problem: str, monkeypatch) -> None:
    field = Connection._meta.get_field("token")
    monkeypatch.setattr(field, "bound_to", bound_to)
    assert [found.id for found in field.check()] == [problem]
