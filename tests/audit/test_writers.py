"""Eight writers at once keep one whole chain, and nobody's entry is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from portal.audit.actors import Actor
from portal.audit.kinds import Kind
from portal.audit.models import Entry
from portal.audit.recording import record
from portal.audit.verifying import verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

WRITERS, EACH = 8, 25


class Undone(Exception):
    pass


def write(writer: int) -> None:
    """Every fifth act is rolled back after its entry was made: its place in the chain must go to somebody else."""
    actor = Actor(writer, "accountant", firms=(1,))
    try:
        for turn in range(EACH):
            try:
                with transaction.atomic():
                    record(Kind.LIST_READ, actor=actor, detail={"rows": turn})
                    if turn % 5 == 4:
                        raise Undone
            except Undone:
                pass
    finally:
        connection.close()


def test_eight_writers_at_once_keep_the_chain_whole():
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    kept = [turn for turn in range(EACH) if turn % 5 != 4]
    assert verify().entries == WRITERS * len(kept)
    for writer in range(WRITERS):
        turns = Entry.objects.filter(actor_id=writer).order_by("number").values_list("detail__rows", flat=True)
        assert list(turns) == kept


def test_the_trail_can_be_proven_while_it_is_written():
    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, number) for number in range(2)]
        looks = 0
        while not all(one.done() for one in writers):
            verify()
            looks += 1
        for one in writers:
            one.result()
    assert looks > 1
    verify()
