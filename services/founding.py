"""Founding (開設): the first agency and its first member of staff, once in the life of a log."""

from typing import Final
from uuid import uuid4

import msgspec

from domain.installation import INSTALLATION, InstallationFounded, found
from domain.model import AgencyId, CommandId, Context, PersonId, StaffId, stream_of
from services.ids import uuid7
from services.keys import keys_of
from services.ports import Append, Clock, EventLog, Keyring
from services.sealing import Origin, Place, Sealing, persons_of

OPERATOR_NAME: Final = "運営担当"


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

    async def once(self) -> InstallationFounded:
        """Of two that found at once, one is first; both are told who."""
        while (founded := await self.founded()) is None:
            await self._log.append(await self._append())
        return founded

    async def _append(self) -> Append:
        by = Context(
            agency=AgencyId(uuid4()),
            staff=StaffId(uuid4()),
            role="REPRESENTATIVE",
            at=self._clock.now(),
            new_id=uuid4(),
        )
        founded, agency = found(OPERATOR_NAME, by)
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
