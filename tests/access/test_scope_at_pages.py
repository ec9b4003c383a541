"""The scope as pages ask it, on SQLite and on PostgreSQL: a slice of the matrix, and every page of a client's user."""

import pytest

from tests.access import asking, matrix
from tests.access.asking import ask
from tests.access.world import ACTORS, World

pytestmark = pytest.mark.database


def same_scope(world: World, actor: str, *, long: bool) -> int:
    """Ask, and compare with the matrix; returns how many requests it were."""
    asked = 0
    for cell in asking.on_every_database(actor, long=long):
        answer = ask(world, cell)
        assert answer.status == matrix.expected(cell), cell
        assert world.planted.found_in(answer.whole) <= world.sees(matrix.reader(cell)), cell
        asked += 1
    return asked


@pytest.mark.parametrize("actor", ACTORS)
def test_threat_01_the_scope_is_the_same_on_every_database(world, actor):
    assert same_scope(world, actor, long=False) > 20


@pytest.mark.long
@pytest.mark.parametrize("actor", ACTORS)
def test_threat_01_the_whole_scope_is_the_same_on_every_database(world, actor):
    assert same_scope(world, actor, long=True) > 40


def test_every_row_of_them_is_asked_by_half_of_the_people():
    asked = {(cell.row, actor) for actor in ACTORS for cell in asking.on_every_database(actor, long=False)}
    assert len(asked) == len(asking.EVERYWHERE) * len(ACTORS) // 2


def test_the_marks_of_ones_own_clients_do_arrive(world):
    """Else the search for marks of others would prove nothing."""
    answer = ask(world, matrix.Cell("employees:person", "accountant", "GET", "a"))
    marks = {mark for mark in world.planted.texts if mark.encode() in answer.body}
    assert len(marks) > 20
    assert {mark[3] for mark in marks} == {"a"}


def test_a_file_and_a_calendar_hold_the_marks_of_who_they_are_for(world):
    """Theirs and no others', whoever has the calendar's address; of one that was replaced nothing comes."""
    for row, method in (("ui:exports all", "POST"), ("ui:exports client", "POST"), ("deadlines:feed", "GET")):
        answer = ask(world, matrix.Cell(row, "accountant", method, "a"))
        assert answer.status == 200, row
        assert "a" in world.planted.found_in(answer.whole) <= world.sees("accountant"), row
    for target, marks in (("b", "bq"), ("x", "xy")):
        answer = ask(world, matrix.Cell("deadlines:feed", "anonymous", "GET", target))
        assert world.planted.found_in(answer.whole) == set(marks), target
    replaced = ask(world, matrix.Cell("deadlines:feed replaced", "accountant", "GET", "a"))
    assert (replaced.status, replaced.body) == (404, b"")
