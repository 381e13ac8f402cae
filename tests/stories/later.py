"""Later (これから): what later work will write, and no command can. Sealed straight into the log.

What is let out to somebody is to be recorded by whoever lets it out; what was held back, and that
nothing is on its way any more after a withdrawal, by the gate.
"""

from typing import NamedTuple
from uuid import uuid4

from domain.case import SubjectIdentified
from domain.disclosed import BasisId, Disclosed, DisclosureId
from domain.model import (
    CaseId,
    CommandId,
    Context,
    Event,
    GrantId,
    PersonId,
    StreamId,
    stream_of,
)
from domain.policy import POLICY_VERSION
from domain.trail.blocked import DisclosureBlocked, WithdrawalSettled
from services.ids import uuid7
from services.ports import Append, EventLog
from services.sealing import Origin, Place, Sealing
from tests.stories.cast import Cast
from tests.stories.telling import Stage


class Told(NamedTuple):
    """What a story came to: whose it is, one thing she agreed to, and who was in it."""

    case: CaseId
    woman: PersonId
    grant: GrantId
    cast: Cast


async def written_later(stage: Stage, told: Told, log: EventLog, sealing: Sealing) -> None:
    name, _ = await stage.book.last(told.case, SubjectIdentified)
    disclosed = Disclosed(
        disclosure_id=DisclosureId(uuid4()),
        case_id=told.case,
        recipient=told.cast.centre.agency,
        person=told.cast.centre.staff,
        channel="FEED",
        policy=POLICY_VERSION,
        events=(name,),
        fields=("case.subject_identified.v1/name",),
        categories=("IDN",),
        bases=("CONSENT",),
        basis_ids=(BasisId(told.grant),),
    )
    blocked = DisclosureBlocked(
        attempted_by=told.cast.city.agency,
        to_agency=told.cast.centre.agency,
        channel="REFERRAL",
        categories=frozenset({"IDN", "LOC"}),
        missing=frozenset({"LOC"}),
    )
    settled = WithdrawalSettled(
        settles=name,
        cause="WITHDRAWN",
        grant_id=told.grant,
        recipients=frozenset({told.cast.centre.agency}),
        at=stage.clock.now(),
    )
    disclosure = stream_of("disclosure", disclosed.disclosure_id)
    await _sealed(stage, told, log, sealing, disclosure, disclosed)
    await _sealed(stage, told, log, sealing, stream_of("trail", told.case), blocked, settled)


async def _sealed(
    stage: Stage, told: Told, log: EventLog, sealing: Sealing, stream: StreamId, *events: Event
) -> None:
    now, command = stage.clock.now(), CommandId(uuid4())
    who = told.cast.centre
    by = Context(agency=who.agency, staff=who.staff, role=who.role, at=now, new_id=uuid4())
    before = len((await log.recall(stream)).streams[stream])
    outcome = await log.append(
        Append(
            agency=by.agency,
            command=command,
            body=b"",
            answer=b"{}",
            events=tuple(
                sealing.seal(
                    event,
                    uuid7(now),
                    Place(
                        stream=stream,
                        key=told.case,
                        version=version,
                        woman=told.woman,
                        case=told.case,
                    ),
                    Origin(by=by, occurred_at=now, correlation=command, command=command),
                    {},
                )
                for version, event in enumerate(events, start=before + 1)
            ),
        )
    )
    assert outcome.verdict == "appended"
