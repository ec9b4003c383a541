"""Whatever ends a sync run has plain words."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from portal.mirror.engine import Broken, DiskFull, ParentsMissing
from portal.mirror.guards import WrongScope
from portal.mirror.models import State
from portal.source import SourceError
from portal.sync import messages
from portal.sync.models import PARKED, Status, Trigger
from portal.ui.faults import FAULTS

YESTERDAY = datetime(2026, 11, 21, 6, 12, tzinfo=UTC)


def kinds_of(error):
    """The kinds of an error class and of everything below it."""
    return {error.kind}.union(*(kinds_of(narrower) for narrower in error.__subclasses__()))


SOURCE_KINDS = kinds_of(SourceError)
ENGINE_KINDS = {ParentsMissing.kind, Broken.kind, DiskFull.kind, WrongScope.kind, State.HELD}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize("kind", sorted(SOURCE_KINDS | ENGINE_KINDS | {Status.PARKED, Status.CANCELLED}))
def test_every_kind_of_error_says_what_happened_what_it_means_and_what_to_do(kind):
    assert kind in {*FAULTS, *messages.OWN}
    words = messages.of_error(kind, "salaries", last_success=YESTERDAY)
    assert words.happened
    assert words.to_do
    assert words.means == "Nothing was lost: the salaries shown are still those of 21 Nov 2026 07:12."


def test_no_two_kinds_have_the_same_words():
    kinds = {*FAULTS, *messages.OWN}
    assert len({messages.of_error(kind, "salaries").happened for kind in kinds}) == len(kinds)


def test_there_are_no_words_for_kinds_that_do_not_exist():
    assert set(FAULTS) == SOURCE_KINDS | ENGINE_KINDS | {PARKED}
    assert set(messages.OWN) == {Status.CANCELLED}


def test_a_failure_of_ours_names_the_place_in_the_log_and_does_not_blame_nmbrs():
    words = messages.of_error("internal", "salaries", detail="TypeError 1a2b3c4d")
    assert "This portal itself failed" in words.happened
    assert "TypeError, reference 1a2b3c4d" in words.happened
    assert "reference" in words.to_do
    assert "This portal itself failed" in messages.of_error("internal", "salaries").happened


def test_what_was_never_fetched_is_not_said_to_be_none():
    words = messages.of_error("unavailable", "salaries", last_success=None)
    assert words.means == "No salaries were ever fetched. That is not the same as there being none."


def test_a_refusal_names_the_call_that_has_to_be_allowed():
    words = messages.of_error("not_permitted", "salaries", code=1002)
    assert "1002" in words.happened
    assert "Salary_GetAll_AllEmployeesByCompany" in words.to_do


def test_a_missing_parent_is_named():
    assert (
        "employees were never fetched" in messages.of_error("parents_missing", "salaries", detail="employees").happened
    )


def test_a_hold_says_how_many_of_how_many_would_go():
    happened = messages.of_error("held", "employees", detail="1400/4000").happened
    assert "1,400 of 4,000 employees" in happened


def test_a_hold_without_a_share_has_words_too():
    assert messages.removed_of("") is None
    assert messages.of_error("held", "employees", detail="").happened


def test_an_unknown_fault_shows_its_code():
    assert "(Code 9999.)" in messages.of_error("unknown_fault", "runs", code=9999).happened


def test_refused_columns_and_new_elements_are_told_apart():
    found = messages.facts("birthday: 2, +NewField: 40")
    assert dict(found.refused) == {"birthday": 2}
    assert dict(found.unknown) == {"NewField": 40}
    assert messages.of_facts("personal_info", found) == [
        "2 records were left out because “date of birth” could not be read; their old values stay.",
        "Nmbrs sends a field that this portal does not know, “NewField”; it is not stored.",
    ]


def test_one_record_is_one_record():
    assert messages.of_facts("personal_info", messages.facts("birthday: 1"))[0].startswith("1 record was left out")


def test_a_detail_that_was_cut_off_claims_nothing_about_its_last_fact():
    text = ", ".join(f"+Element{number}: 1234" for number in range(40))[: messages.DETAIL_LENGTH]
    found = messages.facts(text)
    assert found.cut
    assert all(count == 1234 for count in found.unknown.values())
    assert len(found.unknown) < text.count(":")
    assert messages.of_facts("runs", found)[-1] == "There is more of this kind than is kept here."


def test_details_of_several_companies_add_up():
    total = messages.facts("birthday: 2") + messages.facts("birthday: 3, last_name: 1")
    assert dict(total.refused) == {"birthday": 5, "last_name": 1}


@pytest.mark.parametrize("status", list(Status))
def test_every_status_of_a_run_has_a_word_and_an_icon(status):
    shown = messages.RUN_STATUSES[status]
    assert str(shown.label)
    assert shown.shown_icon


@pytest.mark.parametrize("trigger", list(Trigger))
def test_every_reason_for_a_sync_has_words(trigger):
    assert "%" not in messages.started(trigger, "Anna")


def test_a_person_who_started_a_sync_is_named_as_long_as_the_account_exists():
    assert messages.started(Trigger.PERSON, "Anna") == "Started by Anna"
    assert "no longer exists" in messages.started(Trigger.PERSON, "")


def test_counts_say_what_happened_and_when_nothing_did():
    assert messages.counts(added=1, changed=2, missing=0) == "1 new · 2 changed"
    assert messages.counts(added=0, changed=0, missing=1400) == "1,400 no longer in Nmbrs"
    assert messages.counts(added=0, changed=0, missing=0, quarantined=3) == "nothing changed · 3 left out"
