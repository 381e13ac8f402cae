"""Casting (配役): agencies are let in one after the other, and each member of staff has a token."""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol
from uuid import UUID

import msgspec

from adapters.playing.entrance import Entrance
from adapters.playing.format import OPERATOR, Agency, Network, Scenario
from adapters.words import Words
from contracts.asked import CaseAlias
from contracts.problems import Problem
from domain.agency import EnrolStaff, NameFeedCustodian, RegisterAgency, SignPledge
from domain.catalogue import AnyCommand
from domain.model import AgencyId, NetworkId, StaffId, StaffRole
from domain.network import (
    AdoptRules,
    AppointCoordinator,
    DesignateCoordinatingAgency,
    EstablishNetwork,
    JoinNetwork,
)

PLEDGE: Final = "2026-04"
RULES: Final[Mapping[str, object]] = {
    "version": "2026-04",
    "meeting_mode": "PERIODIC",
    "confidentiality_clause": ["知り得た秘密を漏らさない。"],
    "purpose_of_sharing": ["本人の支援のため。"],
}


class Issues(Protocol):
    """Makes a token, as ``tsunagu token issue`` does; of nobody, for the operator."""

    async def __call__(self, staff: StaffId | None, agency: AgencyId | None) -> str: ...


class NotCast(Exception):
    """The operator was refused something before it began."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.said: Final = Words(ja=problem.detail_ja, en=problem.detail_en)


class Cast:
    """Who takes part, by the names they have in the file."""

    def __init__(self, url: str, issues: Issues, operator: Entrance) -> None:
        self._url: Final = url
        self._issues: Final = issues
        self._entrances: Final[dict[str, Entrance]] = {OPERATOR: operator}
        self.operator: Final = operator
        self.ids: Final[dict[str, UUID]] = {}
        self.first: Final[dict[str, str]] = {OPERATOR: OPERATOR}
        self.cases: Final[dict[str, CaseAlias]] = {}  # As each agency knows it.

    @property
    def agencies(self) -> Iterator[str]:
        return (name for name in self.first if name != OPERATOR)

    def agency_of(self, who: str) -> str:
        return who if who in self.first else who.rpartition(".")[0]

    def entrance(self, who: str) -> Entrance:
        return self._entrances[self.first.get(who, who)]

    def told(self, agency: str) -> Iterator[bytes]:
        """Everything that anybody of this agency was answered."""
        for name, entrance in self._entrances.items():
            if self.agency_of(name) == agency:
                yield from entrance.told

    async def join(self, scenario: Scenario) -> None:
        for agency in scenario.agency:
            await self._joins(agency)
        for network in scenario.network:
            await self._is_founded(network, scenario)

    def close(self) -> None:
        for entrance in self._entrances.values():
            entrance.close()

    async def _joins(self, agency: Agency) -> None:
        register = RegisterAgency(
            kind=agency.kind, name=agency.ja, prefecture=agency.prefecture, sector=agency.sector
        )
        id_ = self.ids[agency.name] = AgencyId(await self._made(register))
        self.first[agency.name] = f"{agency.name}.{agency.staff[0].name}"
        for each in agency.staff:
            await self._enrols(f"{agency.name}.{each.name}", id_, each.role)
        first = StaffId(self.ids[self.first[agency.name]])
        await self._says(NameFeedCustodian(agency_id=id_, staff_id=first))

    async def _enrols(self, name: str, agency: AgencyId, role: StaffRole) -> None:
        staff = StaffId(await self._made(EnrolStaff(agency_id=agency, role=role)))
        await self._says(SignPledge(agency_id=agency, staff_id=staff, text_version=PLEDGE))
        self.ids[name] = staff
        self._entrances[name] = Entrance(self._url, await self._issues(staff, agency))

    async def _is_founded(self, network: Network, scenario: Scenario) -> None:
        lead = AgencyId(self.ids[network.led_by])
        (leading,) = (each for each in scenario.agency if each.name == network.led_by)
        id_ = NetworkId(
            await self._made(
                EstablishNetwork(
                    name=network.ja,
                    level=network.level,
                    basis=network.basis,
                    prefecture=leading.prefecture,
                    area=network.ja,
                    implementing_body=lead,
                )
            )
        )
        self.ids[network.name] = id_
        for name in (network.led_by, *network.members):
            member = AgencyId(self.ids[name])
            await self._says(JoinNetwork(network_id=id_, agency_id=member, membership="MEMBER"))
        rules = {**RULES, **network.rules, "network_id": str(id_)}
        await self._says(msgspec.convert(rules, AdoptRules))
        coordinator = StaffId(await self._made(EnrolStaff(agency_id=lead, role="COORDINATOR")))
        await self._says(SignPledge(agency_id=lead, staff_id=coordinator, text_version=PLEDGE))
        await self._says(
            AppointCoordinator(
                network_id=id_,
                agency_id=lead,
                staff_id=coordinator,
                qualification="CERTIFIED_SOCIAL_WORKER",
            )
        )
        await self._says(DesignateCoordinatingAgency(network_id=id_, agency_id=lead))

    async def _made(self, command: AnyCommand) -> UUID:
        made = await self._says(command)
        assert made is not None, "it makes something"
        return made

    async def _says(self, command: AnyCommand) -> UUID | None:
        answer = await self.operator.say(command, None)
        if isinstance(answer, Problem):
            raise NotCast(answer)
        return answer.made
