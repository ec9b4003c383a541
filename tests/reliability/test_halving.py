"""R3: one record or person that kills whoever touches it is found by halving and left alone; all else is stored."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal import clock
from portal.accounts.models import User
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.employees.models import AccountOfEmployee, Employee, Salary
from portal.mirror.models import Freshness, PersonFetch, Quarantine, Reason, State
from portal.nmbrs.sandbox import SandboxProcess
from portal.sync import claims, plans, poison
from portal.sync.models import Status, SyncPlan, Trigger
from portal.sync.service import sync_now
from tests.reliability import processes
from tests.reliability.reader import Reader, look
from tests.reliability.truth import check

pytestmark = [pytest.mark.pages]

FIRST = ("debtors", "companies", "employee_types", "current_period", "employees", "employments")
KINDS = ("salaries", "contracts")
#: R3: so many deaths for one record among 5,000.
MOST = 14


class Deaths:
    """Works a plan off with real workers that die of one salary, and counts."""

    def __init__(self, workshop: processes.Workshop, environment: Environment, folder: Path, deadly: str) -> None:
        self._workshop = workshop
        self._environment = environment
        self._log = folder / "worker.log"
        self._deadly = deadly

    def over(self, plan: SyncPlan) -> int:
        """How many workers died until the plan was done."""
        deaths = 0
        while not SyncPlan.objects.filter(pk=plan.pk, finished__isnull=False).exists():
            worker = self._workshop.start(self._environment.pk, self._log, self._deadly)
            with processes.ended(worker):
                processes.wait_until("the worker's end", lambda worker=worker: worker.poll() is not None)  # type: ignore[misc]
                assert worker.returncode in (0, -9), self._log.read_text()[-2000:]
                deaths += worker.returncode == -9
            processes.wait_for_leases()
            assert deaths <= MOST, self._log.read_text()[-2000:]
        return deaths


def isolated(
    connect: Callable[[str], Environment],
    administrator: Callable[[], User],
    folder: Path,
    settings: object,
    *,
    people: int,
) -> None:
    with (
        SandboxProcess(debtors=1, companies=1, employees=people, seed=7, today=clock.today()) as sandbox,
        processes.Workshop(processes.environment_of_children(sandbox.url, folder, lease=2)) as workshop,
        Reader(pause=0.1) as reader,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        settings.NMBRS_FIXED_RATE = True  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        for kind in FIRST:
            sync_now(environment, resource=kind)
        company = next(company for company in sandbox.firm.companies() if company.people)
        salaries = [salary.id for person in company.people for salary in person.salaries]
        deadly = str(random.Random(3).choice(salaries))
        killer = Deaths(workshop, environment, folder, deadly)

        found = killer.over(plans.start(environment, trigger=Trigger.NIGHTLY, resource=",".join(KINDS)))
        assert 3 <= found <= MOST
        # Nmbrs stands still: each kind was seen without the one record or not at all, then with it.
        without = look()
        assert reader.strange({}, without) == []
        one = Quarantine.objects.get()
        assert (one.resource, one.reason, one.raw) == ("salaries", Reason.KILLED, "")
        assert deadly in one.row_key.split("/")
        verdict = check(environment, only=KINDS)
        assert [line.split()[0] for line in verdict.lost] == ["salaries"]
        assert verdict.rows > len(salaries)
        assert not any((verdict.doubled, verdict.surplus, verdict.falsely_missing))
        # Nobody has read when it begins, so the salary before it is all that is known of this person.
        [lost] = verdict.lost
        owner = lost.split()[2].split("/")[0]
        assert all(line.split()[2].startswith(f"{owner}/") for line in verdict.different)
        assert {line.partition(": ")[2] for line in verdict.different} <= {"valid_until, fingerprint"}
        fresh = Freshness.objects.get(resource="salaries")
        assert (fresh.state, fresh.quarantined) == (State.FRESH, 1)

        # The next night leaves it alone.
        assert killer.over(plans.start(environment, trigger=Trigger.NIGHTLY, resource=",".join(KINDS))) == 0
        assert Quarantine.objects.get().first_seen == one.first_seen

        # Somebody asks for another try: it kills once more, and one death is enough to know.
        client, user = Client(), administrator()
        client.force_login(user)
        with translation.override(user.language):
            assert str(Reason.KILLED.label) in client.get(reverse("sync:quarantine")).content.decode()
        assert client.post(reverse("sync:again", args=[one.pk])).status_code == 302
        assert killer.over(SyncPlan.objects.get(finished=None)) == 1
        assert list(Quarantine.objects.values_list("reason", "retry")) == [(Reason.KILLED, False)]

        # Once it is harmless, another try stores it.
        assert client.post(reverse("sync:again", args=[one.pk])).status_code == 302
        sync_now(company_of(environment), resource="salaries")
        assert not Quarantine.objects.exists()
        assert check(environment, only=KINDS).equal
        assert Salary.objects.filter(remote_id=int(deadly)).exists()
        assert reader.problem is None
        assert reader.looks > found
        assert reader.strange({}, without, look()) == []
    print(
        f"R3: 1 of {len(salaries)} salaries isolated in {found} deaths; {reader.looks} looks of the reader, 0 strange"
    )


def company_of(environment: Environment) -> Company:
    """The company with the people."""
    person = Employee.objects.filter(environment=environment).select_related("company__debtor").first()
    assert person is not None
    return person.company


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_one_salary_that_kills_its_reader_is_left_alone_and_all_others_are_stored(
    connect: Callable[[str], Environment], administrator: Callable[[], User], tmp_path: Path, settings: object
) -> None:
    isolated(connect, administrator, tmp_path, settings, people=8)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(1800)
def test_one_salary_among_five_thousand_is_isolated_in_at_most_fourteen_deaths(
    connect: Callable[[str], Environment], administrator: Callable[[], User], tmp_path: Path, settings: object
) -> None:
    isolated(connect, administrator, tmp_path, settings, people=3000)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_a_person_whom_nobody_can_ask_about_and_live_is_left_alone_and_the_others_are_read(
    connect: Callable[[str], Environment], tmp_path: Path, settings: object
) -> None:
    with (
        SandboxProcess(debtors=1, companies=1, employees=12, seed=7, today=clock.today()) as sandbox,
        processes.Workshop(processes.environment_of_children(sandbox.url, tmp_path, lease=2)) as workshop,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        settings.NMBRS_FIXED_RATE = True  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        for kind in FIRST:
            sync_now(environment, resource=kind)
        company = company_of(environment)
        sync_now(company, resource="bank_accounts")
        read = set(AccountOfEmployee.objects.values_list("employee__remote_id", flat=True))
        deadly = sorted(read)[len(read) // 2]
        AccountOfEmployee.everything.all().delete()
        Freshness.objects.filter(resource="bank_accounts").delete()
        PersonFetch.objects.all().delete()
        # So long the answer about this person takes, and so sure it is that the worker dies over it.
        slow = {"kind": "latency", "seconds": 60, "operation": "BankAccount_GetListCurrent", "person": deadly}
        sandbox.control("PUT", "faults", [slow])
        plan = plans.start(company, trigger=Trigger.NIGHTLY, resource="bank_accounts")
        deaths = 0
        while not SyncPlan.objects.filter(pk=plan.pk, finished__isnull=False).exists():
            worker = workshop.start(environment.pk, tmp_path / "worker.log")
            with processes.ended(worker):
                hit = sandbox.control("GET", "faults")[0]["hits"]
                processes.wait_until(
                    "the question about this person, or the end",
                    lambda worker=worker, hit=hit: (  # type: ignore[misc]
                        sandbox.control("GET", "faults")[0]["hits"] > hit or worker.poll() is not None
                    ),
                    pause=0.1,
                )
                deaths += worker.poll() is None
            processes.wait_for_leases()
            assert deaths <= 2 + 6 + 1
        one = Quarantine.objects.get()
        assert (one.reason, one.row_key, one.resource) == (Reason.KILLED, str(deadly), "bank_accounts")
        assert set(AccountOfEmployee.objects.values_list("employee__remote_id", flat=True)) == read - {deadly}
        assert plan.runs.get().status == Status.SUCCEEDED
        assert Freshness.objects.get(resource="bank_accounts").quarantined == 1

        # Another try, once nothing is wrong any more.
        sandbox.control("DELETE", "faults")
        Quarantine.objects.update(retry=True)
        sync_now(company, resource="bank_accounts")
        assert not Quarantine.objects.exists()
        assert set(AccountOfEmployee.objects.values_list("employee__remote_id", flat=True)) == read
    print(f"R3: 1 of {len(read)} people isolated in {deaths} deaths")


@pytest.mark.parametrize("count", [1, 2, 3, 7, 500, 501, 999, 5_000])
@pytest.mark.parametrize("share", [0.0, 0.31, 0.5, 0.77, 1.0])
def test_the_record_that_kills_is_found_within_fourteen_deaths_wherever_it_stands(count: int, share: float) -> None:
    deadly = round(share * (count - 1))
    place: poison.Place | None = None
    # In the hands of two workers that died of they knew not what.
    deaths = claims.SUSPECT
    while deadly not in (place or {}).get("out", ()):
        part = (place or {}).get("part")
        trying = next([first, end] for first, end in poison.parts(count, part).items() if first <= deadly < end)
        deaths += 1
        lesson = poison.lesson({**(place or {}), "trying": trying})
        assert lesson is not None and not lesson.hopeless
        place = lesson.place
    assert place is not None and place.get("out") == [deadly]
    assert deaths <= MOST


def test_the_parts_are_all_of_the_answer_and_nothing_twice() -> None:
    for count in (0, 1, 2, 9, 500, 1_203):
        for part in (None, [0, 1], [3, 9], [500, 1_000]):
            parts = poison.parts(count, part)
            assert [number for first, end in parts.items() for number in range(first, end)] == list(range(count))


def test_what_goes_on_killing_for_ever_is_given_up() -> None:
    place: poison.Place | None = {"trying": [0, 10_000_000]}
    for _ in range(poison.MOST_DEATHS):
        lesson = poison.lesson(place)
        assert lesson is not None and not lesson.hopeless and lesson.place is not None
        place = {**lesson.place, "trying": [0, 10_000_000]}
    lesson = poison.lesson(place)
    assert lesson is not None and lesson.hopeless


def test_a_code_that_dies_of_every_record_is_given_up_after_three_of_them() -> None:
    place: poison.Place = {}
    for number in range(poison.MOST_KILLERS + 1):
        for _ in range(2):
            lesson = poison.lesson({**place, "trying": [number, number + 1]})
            assert lesson is not None and lesson.place is not None
            place = lesson.place
        assert lesson.hopeless == (number == poison.MOST_KILLERS)
    assert place.get("out") == [0, 1, 2, 3]


def test_one_death_over_a_single_record_may_be_an_accident() -> None:
    lesson = poison.lesson({"trying": [4, 5]})
    assert lesson is not None and lesson.place is not None
    assert "out" not in lesson.place
