"""Agencies with ids of the example's choosing, enrolled and pledged, straight into a log."""

from uuid import uuid4

from domain.agency import AgencyRegistered, PledgeSigned, StaffEnrolled
from domain.agency_codes import AgencyKind, Prefecture
from domain.calendar import date_in_japan
from domain.installation import INSTALLATION, InstallationFounded
from domain.model import (
    AgencyId,
    CommandId,
    Context,
    Event,
    NetworkId,
    PersonId,
    StaffId,
    StaffRole,
    StreamId,
    stream_of,
)
from domain.network import (
    CoordinatingAgencyDesignated,
    CoordinatorAppointed,
    MemberJoined,
    NetworkEstablished,
)
from services.ids import uuid7
from services.keys import keys_of
from services.ports import Append, EventLog, Keyring
from services.sealing import Origin, Place, Sealing, persons_of
from tests.spec import NOW


class Registry:
    """What the operator's desk would have recorded, one agency in one append."""

    def __init__(self, log: EventLog, keyring: Keyring, sealing: Sealing) -> None:
        self._log = log
        self._keyring = keyring
        self._sealing = sealing

    async def founded(self, operator: AgencyId, first_staff: StaffId) -> None:
        await self._append(
            operator,
            first_staff,
            INSTALLATION,
            InstallationFounded(operator=operator, first_staff=first_staff),
        )

    async def enrolled(
        self,
        agency: AgencyId,
        *staff: StaffId,
        role: StaffRole = "COORDINATOR",
        kind: AgencyKind = "MUNICIPAL_WOMENS_SUPPORT_DIVISION",
        prefecture: Prefecture | None = "06",
    ) -> None:
        registered = AgencyRegistered(
            agency_id=agency,
            kind=kind,
            name="青葉市女性支援課",
            prefecture=prefecture,
            municipality=None,
            sector="PUBLIC",
            publish_name=True,
        )
        on = date_in_japan(NOW)
        people: list[Event] = []
        for each in staff:
            people += [
                StaffEnrolled(
                    staff_id=each, role=role, qualifications=frozenset(), years_in_field=None
                ),
                PledgeSigned(staff_id=each, text_version="2026-04", on=on),
            ]
        await self._append(agency, staff[0], stream_of("agency", agency), registered, *people)

    async def established(
        self,
        network: NetworkId,
        *members: AgencyId,
        coordinating: AgencyId | None = None,
        coordinator: StaffId | None = None,
    ) -> None:
        """The first member leads it, unless another is to; its coordinator may be anybody's id."""
        leads = coordinating or members[0]
        staff = coordinator or StaffId(uuid4())
        on = date_in_japan(NOW)
        await self._append(
            leads,
            staff,
            stream_of("network", network),
            NetworkEstablished(
                network_id=network,
                name="緑野市困難女性支援ネットワーク",
                level="MUNICIPALITY",
                basis="MUNICIPAL_GUIDELINE",
                prefecture="06",
                area="緑野市",
                implementing_body=leads,
                on=on,
            ),
            *(
                MemberJoined(
                    agency_id=member,
                    membership="MEMBER",
                    is_practice_agency=True,
                    outside_city=False,
                )
                for member in dict.fromkeys((leads, *members))
            ),
            CoordinatorAppointed(
                agency_id=leads, staff_id=staff, qualification="FIVE_YEARS_EXPERIENCE"
            ),
            CoordinatingAgencyDesignated(agency_id=leads, on=on),
            owner=PersonId(network),
        )

    async def _append(
        self,
        agency: AgencyId,
        staff: StaffId,
        stream: StreamId,
        *events: Event,
        owner: PersonId | None = None,
    ) -> None:
        by = Context(agency=agency, staff=staff, role="COORDINATOR", at=NOW, new_id=uuid4())
        command, owner = CommandId(uuid4()), owner or PersonId(agency)
        origin = Origin(by=by, occurred_at=NOW, correlation=command, command=command)
        keys = await keys_of(
            self._keyring, frozenset(p for event in events for p in persons_of(event, owner))
        )
        outcome = await self._log.append(
            Append(
                agency=agency,
                command=command,
                body=b"",
                answer=b"{}",
                events=tuple(
                    self._sealing.seal(
                        event,
                        uuid7(NOW),
                        Place(stream=stream, key=owner, version=version, woman=owner),
                        origin,
                        keys,
                    )
                    for version, event in enumerate(events, start=1)
                ),
            )
        )
        assert outcome.verdict == "appended"
