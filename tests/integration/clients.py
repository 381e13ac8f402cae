"""Agencies of an installation that runs: each speaks to the entrance, and uses the command line."""

import asyncio
import time
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Final, NamedTuple, TypeVar
from uuid import UUID, uuid4

import httpx
import msgspec

from adapters.admitting import identity_of
from adapters.settings import Settings
from contracts.answered import Done
from contracts.asked import Asked, CaseAlias
from domain.agency import EnrolStaff, RegisterAgency, SignPledge
from domain.agency_codes import AgencyKind
from domain.case import AcceptCase, IdentifySubject, OpenCase
from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.model import AgencyId, CommandId, GrantId, NetworkId, StaffId, StaffRole
from domain.network import EstablishNetwork, JoinNetwork
from services.identity import Issued
from tests.command_line import tsunagu
from tests.integration.consents import explained, granted
from tests.integration.processes import Up

T = TypeVar("T")

NAME: Final = "相川みさき"
SAME: Final = {"correlation-id": "01890000-0000-7000-8000-000000000000"}
THERE_WITHIN_S: Final = 30.0
LOOKED_AT_EVERY_S: Final = 0.02
# Nothing here speaks TLS, and to read the certificates of the world takes longer than a call.
HTTP: Final = httpx.Client(timeout=30, verify=False)


class Clerk(NamedTuple):
    """One member of staff, who speaks to the entrance and uses the command line."""

    ours: Up
    agency: AgencyId
    token: str

    def asks(self, command: AnyCommand, case: CaseAlias | None = None) -> Done:
        asked = Asked(id=CommandId(uuid4()), case=case, command=command)
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        content = msgspec.json.encode(asked)
        url = f"{self.ours.url}/v1/commands"
        answer = HTTP.post(url, content=content, headers=headers)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Done)

    def makes(self, command: AnyCommand, case: CaseAlias | None = None) -> UUID:
        made = self.asks(command, case).made
        assert made is not None
        return made

    def sees(self, path: str, **query: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", **SAME}
        return HTTP.get(f"{self.ours.url}{path}", params=query, headers=headers)

    def tsunagu(self, *arguments: str) -> CompletedProcess[str]:
        environ = {**self.ours.environ(), "TSUNAGU_TOKEN": self.token}
        return tsunagu(*arguments, "--data", self.ours.folder / "data", **environ)


def clerk(ours: Up, staff: StaffId | None = None, agency: AgencyId | None = None) -> Clerk:
    issued = asyncio.run(issue(ours, staff, agency))
    return Clerk(ours, issued.bearer.agency, issued.text)


async def issue(ours: Up, staff: StaffId | None, agency: AgencyId | None) -> Issued:
    """As `tsunagu token issue` does, without a process of its own."""
    async with identity_of(Settings(data=ours.folder / "data"), ours.environ()) as identity:
        return await identity.issue(staff, agency)


def enrolled(ours: Up, operator: Clerk, agency: AgencyId, role: StaffRole) -> Clerk:
    staff = StaffId(operator.makes(EnrolStaff(agency_id=agency, role=role)))
    operator.asks(SignPledge(agency_id=agency, staff_id=staff, text_version="2026-04"))
    return clerk(ours, staff, agency)


def joined(operator: Clerk, kind: AgencyKind) -> Clerk:
    register = RegisterAgency(kind=kind, name="青葉県の機関", prefecture="06", sector="PUBLIC")
    agency = AgencyId(operator.makes(register))
    return enrolled(operator.ours, operator, agency, "REPRESENTATIVE")


def known_case(operator: Clerk, city: Clerk, *members: Clerk) -> CaseAlias:
    """The city has opened it, knows her name, and accepted it in the network it leads."""
    establish = EstablishNetwork(
        name="緑野市困難女性支援ネットワーク",
        level="MUNICIPALITY",
        basis="MUNICIPAL_GUIDELINE",
        prefecture="06",
        area="緑野市",
        implementing_body=city.agency,
    )
    network = NetworkId(operator.makes(establish))
    for each in (city, *members):
        join = JoinNetwork(network_id=network, agency_id=each.agency, membership="MEMBER")
        operator.asks(join)
    case = opened(city)
    city.asks(IdentifySubject(name=NAME), case)
    city.asks(AcceptCase(network_id=network), case)
    return case


def opened(city: Clerk) -> CaseAlias:
    opens = OpenCase(
        anonymous=True,
        channel="PHONE",
        found_via="SELF",
        frameworks=frozenset(),
        at_risk_only=False,
    )
    case = city.asks(opens).case
    assert case is not None
    return case


def agreed(
    city: Clerk, case: CaseAlias, *others: Clerk, about: tuple[CategoryCode, ...] = ("IDN",)
) -> GrantId:
    explain = explained(frozenset(each.agency for each in others), frozenset(about))
    grant = GrantId(city.makes(explain, case))
    city.asks(granted(grant, explain), case)
    return grant


def alias(who: Clerk, path: str) -> CaseAlias:
    """As they know it: the first in that list."""
    listed = there(lambda: who.sees(path).json()["items"])
    return CaseAlias(UUID(listed[0]["case"]))


def there(look: Callable[[], T]) -> T:
    """Lists follow the log by a moment, and what follows by rule by a second."""
    give_up_at = time.monotonic() + THERE_WITHIN_S
    while not (found := look()):
        assert time.monotonic() < give_up_at
        time.sleep(LOOKED_AT_EVERY_S)
    return found
