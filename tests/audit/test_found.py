"""What the triggers did not keep out is found: each kind of tampering, with its place in plain words."""

import json
import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.audit import anchor
from portal.audit.chain import entry_mac
from portal.audit.models import Entry, Head
from portal.audit.verifying import Broken, verify
from portal.settings.masking import MaskingFormatter
from tests.audit.tampering import copied, run, without_triggers, written

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def entries() -> list[Entry]:
    return written(6)


def broken() -> str:
    with pytest.raises(Broken) as caught:
        verify()
    return str(caught.value)


def test_an_untouched_trail_is_whole():
    found = verify()
    assert (found.entries, found.first, found.last) == (6, 1, 6)


CHANGES = {
    "at": "'2026-01-01 00:00:00+00:00'",
    "firm_id": "2",
    "kind": "'person_read'",
    "outcome": "'refused'",
    "actor_id": "8",
    "actor_label": "'administrator'",
    "look_as_id": "8",
    "object_type": "'debtor'",
    "object_id": "8",
    "debtor_id": "8",
    "company_id": "8",
    "employee_id": "8",
    "detail": "'{}'",
    "address": "'192.0.2.8'",
    "key_id": "'00000000'",
    "mac": "'" + "0" * 64 + "'",
}


def test_every_column_is_one_of_those_that_are_tried():
    assert set(CHANGES) == {field.column for field in Entry._meta.concrete_fields} - {"number"}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_entry_is_found(column):
    with without_triggers():
        run(f"UPDATE audit_entry SET {column} = {CHANGES[column]} WHERE number = 3")  # noqa: S608
    assert broken().startswith("Entry 3 ")


def test_a_deleted_entry_is_found():
    with without_triggers():
        run("DELETE FROM audit_entry WHERE number IN (3, 4)")
    assert broken().startswith("Entries 3 to 4 are missing, before the entry of ")


def test_the_first_entries_cannot_go_either():
    with without_triggers():
        run("DELETE FROM audit_entry WHERE number <= 2")
    assert broken().startswith("Entries 1 to 2 are missing")


def test_a_changed_order_is_found():
    with without_triggers():
        for old, new in ((3, 103), (4, 3), (103, 4)):
            run("UPDATE audit_entry SET number = %s WHERE number = %s", new, old)
    assert "Entry 3 of " in broken()


def test_an_entry_put_in_the_middle_is_found():
    with without_triggers():
        for number in (6, 5, 4):
            run("UPDATE audit_entry SET number = %s WHERE number = %s", number + 1, number)
        copied(3, 4)
        run("UPDATE audit_head SET number = 7")
    assert "Entry 4 of " in broken()


def test_an_entry_put_at_the_end_is_found():
    copied(6, 7)
    run("UPDATE audit_head SET number = 7")
    assert "Entry 7 of " in broken()


def test_an_entry_at_the_end_beside_the_head_is_found():
    copied(6, 7)
    assert "Entry 7 of " in broken()


def test_an_entry_before_the_first_is_found():
    copied(6, 0)
    assert broken().startswith("Entry 0 should have gone")


def test_a_cut_tail_shows_against_the_head():
    with without_triggers():
        run("DELETE FROM audit_entry WHERE number >= 5")
    assert broken() == "Entries 5 to 6 are missing at the end: the trail was cut off."


def cut_with_the_head_set_back() -> None:
    """Cut the end off as somebody would who knows how the trail works."""
    mac = Entry.objects.get(number=4).mac
    with without_triggers():
        run("DELETE FROM audit_entry WHERE number >= 5")
    run("UPDATE audit_head SET number = 4, mac = %s", mac)


def test_a_cut_tail_with_the_head_set_back_shows_against_the_file():
    assert anchor.write_head()
    with without_triggers():
        run("DELETE FROM audit_entry WHERE number = 7")
    cut_with_the_head_set_back()
    assert broken().startswith("Entries 5 to 6 are missing at the end: the file ")


def test_the_log_tells_the_head_as_the_file_does(monkeypatch):
    """For those who send their log elsewhere: masked, its HMACs would prove nothing."""
    said = StringIO()
    (console,) = (one for one in logging.getLogger().handlers if isinstance(one.formatter, MaskingFormatter))
    monkeypatch.setattr(console, "stream", said)
    anchor.write_head()
    assert anchor.path().read_text().strip() in said.getvalue()


def test_what_is_entered_after_the_cut_does_not_cover_it():
    anchor.write_head()
    with without_triggers():
        run("DELETE FROM audit_entry WHERE number = 7")
    cut_with_the_head_set_back()
    written(9)
    anchor.write_head()
    assert broken().startswith("Entry 6 is another one than the file knew")


def test_a_head_that_was_set_back_alone_is_found():
    mac = Entry.objects.get(number=4).mac
    run("UPDATE audit_head SET number = 4, mac = %s", mac)
    assert broken() == "The head names entry 4, but the last entry is 6: the head was set back."


def test_a_file_that_was_thrown_away_is_found():
    anchor.write_head()
    anchor.path().unlink()
    assert "lacks its line about entry 6" in broken()


def test_a_line_that_was_written_by_somebody_else_is_found():
    anchor.write_head()
    values = json.loads(anchor.path().read_text())
    values[3] = 5
    anchor.path().write_text(json.dumps(values) + "\n")
    assert "Line 1 of " in broken() and "was changed" in broken()
    anchor.path().write_text("nothing of ours\n")
    assert "cannot be read" in broken()


def test_a_trigger_that_is_gone_is_found():
    with without_triggers():
        assert broken().startswith("The database does not refuse changes any more: audit_entry_no_")
    verify()


def test_without_the_key_nothing_is_taken_for_whole(settings):
    settings.AUDIT_KEYS = ["another-" + "k" * 50]
    assert "signed with a key that is not in AUDIT_KEYS" in broken()


def test_older_entries_stay_proven_after_a_new_key(settings):
    settings.AUDIT_KEYS = ["another-" + "k" * 50, *settings.AUDIT_KEYS]
    written(2)
    assert verify().entries == 8
    assert len(set(Entry.objects.values_list("key_id", flat=True))) == 2


def test_a_line_of_the_new_key_vouches_for_what_a_leaked_one_signed(settings):
    settings.AUDIT_KEYS = ["another-" + "k" * 50, *settings.AUDIT_KEYS]
    anchor.write_head()
    # Whoever has the leaked key and the database writes the last entry of before anew, and all in order.
    before, entry = Entry.objects.get(number=5), Entry.objects.get(number=6)
    entry.actor_id = 8
    mac = entry_mac(entry, before.mac)
    with without_triggers():
        run("DELETE FROM audit_entry WHERE number = 7")
        run("UPDATE audit_entry SET actor_id = 8, mac = %s WHERE number = 6", mac)
    run("UPDATE audit_head SET number = 6, mac = %s", mac)
    assert broken().startswith("Entry 6 is another one than the file knew")
    # The file alone shows it: without its line all would seem whole.
    anchor.path().unlink()
    assert verify().entries == 6


def test_the_command_says_it_and_ends_with_an_error(capsys):
    call_command("audit_verify")
    assert "whole: 6 entries (1 to 6)" in capsys.readouterr().out
    with without_triggers():
        run("UPDATE audit_entry SET actor_id = 8 WHERE number = 3")
    with pytest.raises(CommandError, match=r"is broken\. Entry 3 of .* is not what was written") as error:
        call_command("audit_verify")
    assert error.value.returncode == 1


def test_a_loss_that_somebody_accepts_is_no_break_but_stays_to_be_seen(capsys):
    anchor.write_head()
    with without_triggers():
        run("DELETE FROM audit_entry WHERE number = 7")
    cut_with_the_head_set_back()
    written(1)
    call_command("audit_head", accept_loss=True)
    assert "The entries 6 to 6 are given up." in capsys.readouterr().out
    verify()
    assert Entry.objects.filter(kind="trail_loss", object_id=6).exists()
    with pytest.raises(CommandError, match="nothing is lost"):
        call_command("audit_head", accept_loss=True)


def test_the_head_is_written_once_for_each_news():
    assert anchor.write_head()
    assert not anchor.write_head()
    assert Head.objects.get().number == 7
    written(1)
    assert anchor.write_head()
    assert [line.number for line in anchor.lines()] == [6, 8]
    assert oct(anchor.path().stat().st_mode & 0o777) == "0o600"
