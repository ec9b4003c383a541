"""S10: secrets are planted in the ordinary ways, the portal is used, and then they are nowhere to be found.

A tenth of the 200 in `make test`, all of them in `make test-long`.
"""

import io
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import stamina
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_q.models import OrmQ, Schedule, Task

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.companies.models import Company
from portal.connections.models import Connection, Environment
from portal.debtors.models import Debtor
from portal.employees.models import AccountOfEmployee, Employee
from portal.mirror.models import Quarantine
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.nmbrs.sandbox import Sandbox, credentials
from portal.sync.models import SyncPlan, SyncRun
from portal.sync.service import sync_now
from portal.ui.views import ScopedView
from tests.accounts.signin.world import PASSWORD, code, code_step, password_step, with_codes
from tests.backup.world import server
from tests.conftest import NOON
from tests.security.secrets import Secrets, disguises

pytestmark = [
    pytest.mark.pages,
    # An exception with secrets in its text is a part of it; the portal's own log must mask them.
    pytest.mark.logs_secrets,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(900),
]

SALARIES = "Salary_GetAll_AllEmployeesByCompany"


@dataclass(frozen=True)
class Size:
    """How much is planted."""

    people: int
    tries: int
    enrolled: int
    firms: int
    least: int


SHORT, WHOLE = Size(people=5, tries=3, enrolled=2, firms=1, least=20), Size(55, 38, 16, 12, 200)


@pytest.mark.parametrize("size", [SHORT, pytest.param(WHOLE, marks=pytest.mark.long)], ids=["a tenth", "all"])
def test_threat_36_no_secret_is_found_anywhere(
    size: Size,
    firm: Firm,
    administrator: Callable[..., User],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    whole_log: io.StringIO,
    tmp_path: Path,
) -> None:
    import time_machine

    planted = Secrets()
    admin = administrator()
    settings.SIGN_ON_ISSUERS = ["https://sign-on.example"]
    with (
        stamina.set_testing(True, attempts=1),
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=1, companies=1, employees=size.people, seed=7, today=NOON.date()) as sandbox,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]
        token = connect(sandbox, firm, size.tries, planted, monkeypatch)
        sync(sandbox, Environment.objects.get(), planted)
        sign_on(size.firms, planted, monkeypatch)
        pages = enrol(size.enrolled, firm, planted)
        pages += use(admin, planted, monkeypatch)
        # A dead token, and a worker that cannot go on: what that leaves.
        sandbox.faults.add("dead_token")
        sync_now(Environment.objects.get())
    assert Connection.objects.get(environment__firm=firm).token == token
    assert planted.count >= size.least
    assert all(len(values) >= 1 for values in planted.planted.values()), planted.planted.keys()

    places = {
        "database": database(tmp_path),
        "dump": dump(tmp_path),
        "backup": backup(tmp_path, settings),
        "dumpdata": dumpdata(),
        "log": whole_log.getvalue().encode(),
        "task tables": rows_of(OrmQ, Task, Schedule, SyncRun, SyncPlan),
        "sessions": sessions(),
        "pages": b"\n".join(pages),
        "mails": "\n".join(f"{one.subject}\n{one.body}" for one in mail.outbox).encode(),
        "files of the portal": files(settings.VAR_DIR),
    }
    # Nothing was searched that is empty.
    assert {name: len(content) for name, content in places.items() if len(content) < 100} == {}
    assert {name: hits for name, content in places.items() if (hits := planted.found_in(content))} == {}


# --- planting --------------------------------------------------------------------------------------------------------


def connect(sandbox: Sandbox, firm: Firm, tries: int, planted: Secrets, monkeypatch: pytest.MonkeyPatch) -> str:
    """`manage.py connect` with wrong tokens, and at last with the right one, which takes the place of another."""
    right = planted.token("token")
    expected = {name: {**header, "Token": right} for name, header in credentials._EXPECTED.items()}

    def give(token: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{token}\n"))
        call_command(
            "connect", "--host", sandbox.url, "--user", "api@demo.example", "--token-stdin", stdout=io.StringIO()
        )

    for _ in range(tries):
        with pytest.raises(CommandError):
            give(planted.token("token"))
    old = planted.token("token")
    for token in (old, right):
        for header in expected.values():
            header["Token"] = token
        monkeypatch.setattr(credentials, "_EXPECTED", expected)
        give(token)
    return right


def sync(sandbox: Sandbox, environment: Environment, planted: Secrets) -> None:
    """A whole sync, a broken one, and one with records that wait in quarantine with what came."""
    plant_people(sandbox, planted)
    for kind in OptIn:
        choose(environment.pk, kind, on=True)
    sync_now(environment)
    sync_now(Company.objects.get(), resource="bank_accounts")
    assert AccountOfEmployee.objects.exists()
    sandbox.advance()
    plant_people(sandbox, planted)
    sandbox.faults.add("bad_type", operation="PersonalInfo_GetAll_AllEmployeesByCompany", element="Id", value="x")
    sandbox.faults.add("bad_type", operation="BankAccount_GetListCurrent", element="Id", value="x")
    sandbox.faults.add("truncated", operation=SALARIES)
    sync_now(environment)
    sync_now(Company.objects.get(), resource="bank_accounts")
    assert {"bank_accounts"} <= set(Quarantine.objects.values_list("resource", flat=True))
    sandbox.faults.clear()


def plant_people(sandbox: Sandbox, planted: Secrets) -> None:
    """What the people of the embedded Nmbrs have now. It gives them numbers with right check digits."""
    for person in sandbox.firm.people():
        planted.add("bsn", *(info.bsn for info in person.personal_infos if info.bsn))
        planted.add("iban", *(account.iban for account in person.records.bank_accounts if account.iban))


def sign_on(firms: int, planted: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    """`manage.py single_sign_on` for several firms."""
    for number in range(firms):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{planted.token('sign-on')}\n"))
        name = Firm.objects.create(name=f"Kantoor {number}").name
        options = ["--issuer", "https://sign-on.example", "--client-id", "x", "--domain", f"d{number}.example"]
        call_command("single_sign_on", "--firm", name, *options, "--secret-stdin", stdout=io.StringIO())


def enrol(people: int, firm: Firm, planted: Secrets) -> list[bytes]:
    """People set up an app on the page for it, sign out, and come back with a recovery code."""
    answers = []
    for number in range(people):
        email = f"person-{number}@test.example"
        user = User.objects.create_user(email, "Somebody", PASSWORD)
        Membership.objects.create(user=user, firm=firm, role=Role.ADMINISTRATOR)
        client = Client()
        password_step(client, email, address=f"127.0.1.{number}")
        # This page shows the seed, on purpose: it is the only one.
        seed = client.get("/account/app/").context["form"].secret
        planted.add("totp", seed)
        answers.append(client.post("/account/app/", {"code": "000000"}, REMOTE_ADDR=f"127.0.1.{number}"))
        again = answers[-1].context["form"].secret
        assert again == seed
        assert client.post("/account/app/", {"code": code(seed)}).status_code == 302
        codes = with_codes(user)
        found = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
        planted.add("recovery", get_adapter().decrypt(found.data["seed"]))
        client.post("/sign-out/")
        password_step(client, email, address=f"127.0.1.{number}")
        code_step(client, codes[0])
        answers.append(client.get("/account/"))
    # Wrong codes are answered with the same page, which shows the seed again; the others must not.
    return [answer.content for answer in answers if answer.context is None or "form" not in answer.context]


# --- using -----------------------------------------------------------------------------------------------------------


def addresses() -> list[str]:
    """Every page that takes no number, and every page about a row that there is."""
    from tests.house.test_public_pages import EVERY, address

    numbers = {
        "debtor": Debtor.objects.get().pk,
        "of_debtor": Debtor.objects.get().pk,
        "company": Company.objects.get().pk,
        "of_company": Company.objects.get().pk,
        "settings": Environment.objects.get().pk,
        "opt_ins": Environment.objects.get().pk,
        "plan": SyncPlan.objects.latest("pk").pk,
    }
    found = []
    for name in sorted(EVERY):
        place = address(name)
        number = numbers.get(name.rpartition(":")[2])
        found.append(place.replace("/1/", f"/{number}/") if number else place)
    company, debtor = Company.objects.get().pk, Debtor.objects.get().pk
    found += [f"/companies/{company}/records/{kind}/" for kind in ("bank_accounts", "company_bank_accounts")]
    found += [f"/clients/{debtor}/records/{kind}/" for kind in ("debtor_bank_accounts",)]
    for person in Employee.objects.all()[:5]:
        found += [
            f"/employees/{person.pk}/",
            f"/employees/{person.pk}/?tab=pay",
            f"/employees/{person.pk}/?tab=personal",
        ]
    return [one for one in found if "/account/app/" not in one]


def use(admin: User, planted: Secrets, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every page by GET, as it is and with an exception in it that holds secrets."""
    client = Client(raise_request_exception=False)
    client.force_login(admin)
    answers = [client.get(address) for address in addresses()]
    assert sum(answer.status_code == 200 for answer in answers) > 25
    values = [values[0] for kind, values in planted.planted.items() if values]
    secret = f"<Token>{planted.planted['token'][0]}</Token> {values}"

    def break_(*_: Any, **__: Any) -> Any:
        raise RuntimeError(secret)

    monkeypatch.setattr(ScopedView, "get_context_data", break_)
    broken = [client.get(address) for address in addresses()]
    assert sum(answer.status_code == 500 for answer in broken) > 10
    return [b"".join(answer.streaming_content) if answer.streaming else answer.content for answer in answers + broken]  # type: ignore[arg-type]


# --- looking ---------------------------------------------------------------------------------------------------------


def database(folder: Path) -> bytes:
    """The database file with its WAL; on PostgreSQL every page of every table, as its own copy gives them."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        wal = path.with_name(f"{path.name}-wal")
        return path.read_bytes() + (wal.read_bytes() if wal.exists() else b"")
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        content = b""
        for table in tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                content += b"".join(bytes(part) for part in copy)
    return content


def dump(folder: Path) -> bytes:
    """The database as SQL."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as raw:
            return "\n".join(raw.iterdump()).encode()
    program = shutil.which("pg_dump")
    assert program, "the tests of backups need pg_dump too"
    done = subprocess.run([program, server(connection.settings_dict["NAME"])], capture_output=True, check=True)
    return done.stdout


def backup(folder: Path, settings: Any) -> bytes:
    """The encrypted file."""
    said = io.StringIO()
    call_command("backup_key", folder / "portal.key", stdout=said)
    settings.BACKUP_RECIPIENT = said.getvalue().split("BACKUP_RECIPIENT=")[1].split()[0]
    call_command("backup", to=folder / "backups", stdout=io.StringIO())
    (made,) = (folder / "backups").glob("*.age")
    return made.read_bytes()


def dumpdata() -> bytes:
    """Django's own way out."""
    said = io.StringIO()
    call_command("dumpdata", stdout=said)
    # Text in JSON hides nothing but accents.
    return said.getvalue().encode() + json.dumps(json.loads(said.getvalue()), ensure_ascii=False).encode()


def rows_of(*models: Any) -> bytes:
    """Everything in these tables, also what the queue has packed."""
    found = [repr(list(model.objects.values())) for model in models]
    found += [repr(row.task) for row in OrmQ.objects.all()]
    return "\n".join(found).encode()


def sessions() -> bytes:
    """What is in the sessions, unpacked."""
    return repr([(one.session_data, one.get_decoded()) for one in Session.objects.all()]).encode()


def files(folder: Path) -> bytes:
    """Whatever the portal wrote into its folder: cached WSDLs, budgets, heads of the trail."""
    return b"\n".join(path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()) or b"-" * 100


# --- the search itself -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["123456782", "NL91ABNA0417164300", "c0ffee" * 6])
def test_the_search_finds_what_is_there_in_any_disguise(value: str) -> None:
    planted = Secrets()
    planted.add("token", value)
    import base64

    around = [b"", b"x", b"xy", b"xyz", b"\xff\x00"]
    hidden = [content for _, content in disguises(value)]
    hidden += [base64.b64encode(before + value.encode() + after) for before in around for after in around]
    for content in hidden:
        assert planted.found_in(b"... " + content + b" ..."), content
    assert not planted.found_in(b"nothing of the kind 123456783 NL92ABNA0417164301")
    assert value not in str(planted.found_in(value.encode()))


def test_a_day_has_no_secret() -> None:
    """Nine digits inside a longer number are another number."""
    planted = Secrets()
    planted.add("bsn", "202611229")
    assert not planted.found_in(b"20261122912 120261122 " + date(2026, 11, 22).isoformat().encode())
