"""Founding (開設): the first agency and its first member of staff, once in the life of a log.

Before anything is in it, it is chosen by which clock the log records; that stays as well.
"""

from datetime import datetime
from typing import ClassVar, Final
from uuid import uuid4

import msgspec

from domain.installation import (
    INSTALLATION,
    ClockKind,
    InstallationFounded,
    check_is_decided,
    found,
)
from domain.model import AgencyId, CommandId, Context, PersonId, StaffId, stream_of
from domain.speech import CannotRun
from services.ids import uuid7
from services.keys import keys_of
from services.ports import Append, Clock, ClockOfTheLog, EventLog, Keyring
from services.sealing import Origin, Place, Sealing, persons_of

OPERATOR_NAME: Final = "運営担当"


class ClockChosenOnce(CannotRun):
    """By which clock this installation records was chosen at its first start, and stays."""

    ja: ClassVar[str] = (
        "記録に使う時計は、この導入環境の最初の起動で決まっており、後から変えられません。"
    )
    remedy: ClassVar[str] = (
        "Leave out --demo-clock, or name a data folder with --data that is not there yet."
    )
    remedy_ja: ClassVar[str] = (
        "--demo-clock を省くか、--data でまだ存在しないデータフォルダーを指定してください。"
    )


async def demo_clock(of_the_log: ClockOfTheLog, demo_from: datetime | None) -> datetime | None:
    """Where the demo clock stands, if that is what was chosen, now or long ago.

    ``demo_from``: that one is asked for; it begins there, unless it has begun.
    """
    if demo_from is not None:
        check_is_decided(demo_from)
    now = await of_the_log.choose(demo_from)
    if demo_from is not None and now is None:
        raise ClockChosenOnce
    return now


class Founding:
    def __init__(self, log: EventLog, keyring: Keyring, sealing: Sealing, clock: Clock) -> None:
        self._log: Final = log
        self._keyring: Final = keyring
        self._sealing: Final = sealing
        self._clock: Final = clock

    async def founded(self) -> InstallationFounded | None:
        """Who operates this installation, if anybody does yet."""
        reading = await self._log.recall(INSTALLATION)
        for event in self._sealing.facts(reading.streams[INSTALLATION]):
            assert isinstance(event, InstallationFounded)
            return event
        return None

    async def once(self, clock: ClockKind = "WALL") -> InstallationFounded:
        """Of two that found at once, one is first; both are told who."""
        while (founded := await self.founded()) is None:
            await self._log.append(await self._append(clock))
        if founded.clock != clock:
            raise ClockChosenOnce
        return founded

    async def _append(self, clock: ClockKind) -> Append:
        by = Context(
            agency=AgencyId(uuid4()),
            staff=StaffId(uuid4()),
            role="REPRESENTATIVE",
            at=self._clock.now(),
            new_id=uuid4(),
        )
        founded, agency = found(OPERATOR_NAME, by, clock)
        owner = PersonId(by.agency)
        command = CommandId(uuid7(by.at))
        origin = Origin(by=by, occurred_at=by.at, correlation=command, command=command)
        keys = await keys_of(
            self._keyring, frozenset(p for event in agency for p in persons_of(event, owner))
        )
        places = [
            (founded, Place(stream=INSTALLATION, key=by.agency, version=1, woman=owner)),
            *(
                (
                    event,
                    Place(
                        stream=stream_of("agency", by.agency),
                        key=by.agency,
                        version=version,
                        woman=owner,
                    ),
                )
                for version, event in enumerate(agency, start=1)
            ),
        ]
        return Append(
            agency=by.agency,
            command=command,
            body=b"founding",
            answer=msgspec.json.encode({"answer": "founded"}),
            events=tuple(
                self._sealing.seal(event, uuid7(by.at), place, origin, keys)
                for event, place in places
            ),
        )
