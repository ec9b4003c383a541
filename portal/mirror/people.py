"""The slow lane: kinds that are asked person by person, a slice at a time, and what is remembered of each person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal import clock
from portal.mirror.asked import Answered, Asked
from portal.mirror.models import Change, PersonFetch
from portal.mirror.prepare import Drafts
from portal.mirror.resource import PERSON
from portal.mirror.upsert import bulk_upsert


@dataclass(frozen=True)
class People:
    """The people of one slice: primary key by remote id, and the digest of their last answers.

    `oldest`  when the longest unread of the others was read; None when there are no others.
    `unread`  whether one of the others was never read.
    `left_alone`  people nobody asks about, because workers died over them.
    `tried_again` one of these is asked about all the same, alone: somebody wants to know.
    """

    pks: Mapping[str, int]
    digests: Mapping[str, bytes]
    oldest: datetime | None = None
    unread: bool = False
    left_alone: int = 0
    tried_again: bool = False

    def differing(self, answered: Answered) -> tuple[Asked, frozenset[int]]:
        """What was asked, limited to the people whose answers are news, and the places of the others' answers."""
        own = answered.digests_of_people()
        news = [person for person, digest in own.items() if self.digests.get(person) != digest]
        known = set(own) - set(news)
        skip = frozenset(
            place for place, answer in enumerate(answered.fetched.answers) if answer.given[PERSON] in known
        )
        return answered.asked.only(news), skip

    def known_before(self, log: Sequence[Change]) -> list[Change]:
        """The changes of people who were read before: what is new to us is not news."""
        pks = {self.pks[person] for person in self.digests}
        return [change for change in log if change.employee_id in pks]


def remember_people(people: People, answered: Answered, drafts: Drafts) -> None:
    """Note when each person of the slice was read. With a record in quarantine nobody's digest is kept."""
    now = clock.now()
    own = answered.digests_of_people()
    keep = not drafts.quarantined
    rows = [
        {
            "employee_id": pk,
            "resource": answered.asked.resource.name,
            "fetched_at": now,
            "digest": own.get(person, b"") if keep else b"",
            "refused": person in answered.fetched.refused,
        }
        for person, pk in people.pks.items()
    ]
    bulk_upsert(PersonFetch, rows, key=("employee", "resource"))
