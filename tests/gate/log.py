"""What stands (現況) at a place of the log: told by headers alone, one after the other.

Where something ends, the position of that is kept: it is what stands against a later disclosure.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from tests.gate.published import GRANT_ENDS, OVER, STATE_OF, UNTIL

Header: TypeAlias = tuple[int, datetime, bytes]  # Its position, when it was recorded, and its JSON.
Item: TypeAlias = tuple[str, str]  # An event, and which field of it.


@dataclass(frozen=True)
class Row:
    position: int
    at: datetime
    id: str
    type: str
    agency: str
    command: str
    case: str | None
    stream: str
    facts: Mapping[str, Any]
    parts: Mapping[str, tuple[str, str]]  # Of each sealed field, its category and its person.


def read(header: Header) -> Row:
    position, at, said = header[0], header[1], json.loads(header[2])
    parts = {part["field"]: (part["category"], part["person"]) for part in said.get("parts", ())}
    return Row(
        position=position,
        at=at,
        id=said["id"],
        type=said["type"],
        agency=said["agency"],
        command=said["command"],
        case=said.get("case"),
        stream=said["stream"],
        facts=said["facts"],
        parts=parts,
    )


@dataclass
class Agency:
    known: bool = False
    down: int | None = None  # Since when it is suspended, or no more.
    works: set[str] = field(default_factory=set)
    pledged: set[str] = field(default_factory=set)
    custodians: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)  # Whom it took over from.
    left: dict[str, int] = field(
        default_factory=dict
    )  # Who works there no more, or not for its feed.


@dataclass
class Network:
    members: set[str] = field(default_factory=set)
    leads: str | None = None
    left: dict[str, int] = field(default_factory=dict)  # Who is no member, or leads it no more.


@dataclass
class Party:
    """A referral, a meeting or a grievance: whose it is, and who else is a side of it."""

    kind: str
    case: str | None
    first: str | None  # Who sends, who convenes, who handles;
    others: set[str]  # to whom it is sent, who is invited, with whom all of it was shared,
    told: bool = False  # once they were told.
    came: set[str] = field(default_factory=set)
    given: dict[str, set[Item]] = field(default_factory=dict)  # What is before whom, now.
    about_staff: frozenset[str] = frozenset()
    left: dict[str, int] = field(default_factory=dict)  # Who is no side of it any more.

    def has(self, agency: str) -> bool:
        return agency == self.first or (self.told and agency in self.others)

    def gives(self, agency: str, row: Row) -> None:
        items = {*zip(row.facts.get("sources", ()), row.facts.get("paths", ()), strict=True)}
        self.given[agency] = self.given.get(agency, set()) | items


@dataclass
class Basis:
    """A consent, an emergency or a statutory disclosure; ``taken``: what was taken out, where."""

    position: int
    said: Mapping[str, Any]
    state: frozenset[int]  # What was part of the state when it was recorded.
    ended: int | None = None
    taken: dict[str, int] = field(default_factory=dict)
    asked: int = 0  # Where a consent was explained: what she refused since is not in it.
    by: frozenset[str] = frozenset()  # Who answers for an emergency.

    def lists(self, what: str) -> list[str]:
        return self.said.get(what) or []


@dataclass
class Case:
    woman: str | None = None
    children: set[str] = field(default_factory=set)
    grown: dict[str, int] = field(default_factory=dict)
    torn: dict[tuple[str, str], int] = field(default_factory=dict)  # A child; who has said so.
    explained: dict[str, int] = field(default_factory=dict)
    consents: dict[str, Basis] = field(default_factory=dict)
    refusals: dict[str, Row] = field(default_factory=dict)
    emergencies: dict[str, Basis] = field(default_factory=dict)
    answer_for: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    statutory: dict[str, Basis] = field(default_factory=dict)
    out: dict[str, int] = field(default_factory=dict)  # Agencies, and people at work.
    restricted: dict[str, int] = field(default_factory=dict)
    erased: dict[str, int] = field(default_factory=dict)
    why: defaultdict[str, set[object]] = field(default_factory=lambda: defaultdict(set))
    left: dict[str, int] = field(default_factory=dict)  # Since when somebody takes no part.
    main: str | None = None
    network: str | None = None  # In whose ledger it stands,
    entered: int = 0  # since when; and where it was last said who answers for her.
    answers: int = 0
    parties: list[Party] = field(default_factory=list)
    stands: dict[object, int] = field(default_factory=dict)
    received: set[tuple[str, str]] = field(default_factory=set)  # Under which grant, and who.

    def basis(self, row: Row) -> Basis:
        return Basis(row.position, row.facts, frozenset(self.stands.values()))

    def leaves(self, agency: str, reasons: set[object], row: Row) -> None:
        if self.why[agency] and self.why[agency] <= reasons:
            self.left[agency] = row.position
        self.why[agency] -= reasons

    def gives(self, agency: str, source: str, path: str) -> bool:
        return any((source, path) in each.given.get(agency, ()) for each in self.parties)


class Log:
    """``by_word``: what ends with something else has ended once that is said, and no sooner."""

    def __init__(self, *, by_word: bool = False) -> None:
        self.by_word: Final = by_word
        self.rows: Final[dict[str, Row]] = {}
        self.cases: Final = defaultdict[str | None, Case](Case)
        self.agencies: Final = defaultdict[str, Agency](Agency)
        self.networks: Final = defaultdict[str | None, Network](Network)
        self.parties: Final[dict[str, Party]] = {}
        self.named: Final[dict[str, str]] = {}  # Of which agency, network or meeting a stream is.

    def names(self, agency: str) -> set[str]:
        """Its own, and those of all whom it took over from."""
        return {agency, *self.agencies[agency].before}

    def then(self, row: Row) -> None:
        self.rows[row.id] = row
        kind = row.type.partition(".")[0]
        match kind:
            case "agency":
                self._agency(row)
            case "network":
                self._network(row)
            case "referral" | "meeting" | "grievance":
                self._party(self.cases[row.case], row, self.parties.get(row.stream))
            case "case":
                _case(self.cases[row.case], row)
            case _:
                _ledger(self.cases[row.case], row)
        if not self.by_word:
            self._ends(row)
        if row.case is not None:
            keys = STATE_OF.get(row.type.rpartition(".")[0], ())
            told = (row.agency, row.type, *(row.facts.get(key) for key in keys))
            self.cases[row.case].stands[told] = row.position

    def _agency(self, row: Row) -> None:  # noqa: C901 (one arm an event)
        if row.type == "agency.registered.v1":
            self.named[row.stream] = row.facts["agency_id"]
        agency, staff = self.agencies[self.named[row.stream]], row.facts.get("staff_id", "")
        match row.type:
            case "agency.registered.v1":
                agency.known = True
            case "agency.suspended.v1" | "agency.deactivated.v1" | "agency.succeeded.v1":
                agency.down = row.position
                if new := row.facts.get("new"):  # Who takes over, in the same append.
                    self.agencies[new].before |= self.names(row.facts["old"])
            case "agency.restored.v1":
                agency.down = None
            case "agency.took_over.v1":
                agency.before.add(row.facts["old"])
            case "agency.staff_enrolled.v1":
                agency.works.add(staff)
            case "agency.staff_left.v1":
                agency.works.discard(staff)
                agency.left[staff] = row.position
            case "agency.pledge_signed.v1":
                agency.pledged.add(staff)
            case "agency.feed_custodian_named.v1":
                agency.custodians.add(staff)
            case "agency.feed_custodian_ended.v1":
                agency.custodians.discard(staff)
                agency.left[staff] = row.position
            case _:
                pass

    def _network(self, row: Row) -> None:
        if row.type == "network.established.v1":
            self.named[row.stream] = row.facts["network_id"]
        network = self.networks[self.named[row.stream]]
        match row.type:
            case "network.member_joined.v1":
                network.members.add(row.facts["agency_id"])
            case "network.member_left.v1":
                network.members.discard(row.facts["agency_id"])
                network.left[row.facts["agency_id"]] = row.position
            case "network.coordinating_agency_designated.v1":
                network.left |= {network.leads: row.position} if network.leads else {}
                network.leads = row.facts["agency_id"]
            case "network.dissolved.v1":
                network.left |= dict.fromkeys(network.members, row.position)
                network.members, network.leads = set(), None
            case _:
                pass

    def _party(self, case: Case, row: Row, party: Party | None) -> None:
        facts, begun = row.facts, None
        match row.type:
            case "referral.drafted.v1":
                begun = Party("referral", row.case, facts["from_agency"], {facts["to_agency"]})
            case "meeting.planned.v1":
                begun = Party("meeting", row.case, facts["convenor"], set())
                self.named[row.stream] = facts["meeting_id"]
            case "grievance.received.v1":
                begun = Party("grievance", row.case, None, set(), told=True)
                begun.about_staff = frozenset(facts["about_staff"])
            case _ if party is not None:
                _goes_on(case, party, row)
            case _:
                pass
        if begun is not None:
            self.parties[row.stream] = begun
            case.parties += [begun] if row.case else []

    def _ends(self, row: Row) -> None:
        """``until_event``: with the end of that stay, of that meeting, of this case."""
        for basis in self.cases[row.case].consents.values() if row.case else ():
            until, said = basis.said.get("until_event"), basis.said
            stay, meeting = said.get("until_stay"), said.get("via_meeting")
            of_it = {"STAY_END": stay in {None, row.facts.get("stay_id")}}
            of_it["MEETING_CLOSE"] = meeting == self.named.get(row.stream)
            if row.type in UNTIL.get(until, ()) and of_it.get(until or "", True):
                basis.ended = basis.ended or row.position


def _goes_on(case: Case, party: Party, row: Row) -> None:  # noqa: C901 (one arm an event)
    facts, agency = row.facts, row.facts.get("agency_id", "")
    match row.type:
        case "referral.inquiry_sent.v1" | "meeting.convened.v1":
            party.told = True
        case "referral.sent.v1" | "referral.information_supplied.v1":
            party.told = True
            for each in party.others:
                party.gives(each, row)
        case "meeting.information_provided.v1":
            for each in facts["recipients"]:
                party.gives(each, row)
        case "meeting.invitee_added.v1":
            party.others.add(agency)
        case "meeting.invitee_removed.v1":
            party.others.discard(agency)
            party.given.pop(agency, None)
            party.left[agency] = case.left[agency] = row.position
        case "meeting.held.v1":
            party.told, party.came = True, {*facts["agencies"]}
        case "grievance.handler_assigned.v1" | "grievance.escalated.v1":
            party.left |= {party.first: row.position} if party.first else {}
            party.first = facts.get("handler")
        case "grievance.shared.v1" if facts["extent"] == "FULL":
            party.others |= {*facts["shared_with"]}
        case ended if ended in OVER:
            case.left |= dict.fromkeys(party.given, row.position)
            party.given = {}
        case _:
            pass


def _case(case: Case, row: Row) -> None:  # noqa: C901, PLR0912 (one arm an event)
    facts, at = row.facts, row.position
    role = (facts.get("function"), facts.get("person_id"))
    match row.type:
        case "case.opened.v1":
            case.woman = facts["subject_id"]
            case.why[facts["opened_by_agency"]].add("OPENED")
        case "case.accepted.v1":
            case.main, case.network = facts["main_responsible"], facts["ledger_network_id"]
            case.why[facts["main_responsible"]].add("MAIN")
            case.entered = case.answers = at
        case "case.transferred.v1":
            case.network, case.entered = facts.get("to_network"), at
        case "case.responsibility_moved.v1":
            before, after = facts["from_agency"], facts["to_agency"]
            reason = "MAIN" if case.main else "OPENED"
            gone: set[object] = {"OPENED", "MAIN", "REFERRER"}
            if facts["from_remains"]:
                case.why[before].add("REFERRER")
                gone.discard("REFERRER")
            case.leaves(before, gone, row)
            case.why[after].add(reason)
            case.main, case.answers = after if case.main else None, at
        case "case.role_assigned.v1":
            case.why[facts["agency_id"]].add(role)
        case "case.role_ended.v1":
            case.leaves(facts["agency_id"], {role}, row)
        case "case.participation_ended.v1":
            case.leaves(facts["agency_id"], {"OPENED", "REFERRER"}, row)
        case "case.service_linked.v1" | "case.service_status_changed.v1":
            provider, service = facts["provider_agency"], ("service", facts["service_id"])
            if facts["status"] in {"APPROVED", "IN_USE"}:
                case.why[provider].add(service)
            else:
                case.leaves(provider, {service}, row)
        case "case.companion_added.v1" if facts["companion"] == "CHILD":
            case.children.add(facts["person_id"])
        case "case.companion_came_of_age.v1":
            case.children.discard(facts["person_id"])
            case.grown[facts["person_id"]] = at
            case.torn = {k: v for k, v in case.torn.items() if k[0] != facts["person_id"]}
        case "case.data_restricted.v1":
            case.restricted |= dict.fromkeys(facts["scope"], at)
        case "case.restriction_lifted.v1":
            case.restricted = {k: v for k, v in case.restricted.items() if k not in facts["scope"]}
        case "case.erased.v1":
            case.erased |= dict.fromkeys(facts["scope"], at)
        case _:
            pass


def _ledger(case: Case, row: Row) -> None:  # noqa: C901, PLR0912 (one arm an event)
    facts, at = row.facts, row.position
    grant, via = facts.get("grant_id", ""), facts.get("via_agency", "")
    said = (facts.get("child_id", ""), via)
    whom = {each for name in ("agency_id", "staff_id") if (each := facts.get(name))}
    match row.type:
        case "consent.explained.v1":
            case.explained[grant] = at
        case "consent.granted.v1":
            case.consents[grant] = case.basis(row)
            case.consents[grant].asked = case.explained.get(grant, at)
        case "consent.refused.v1" if facts["kind"] == "INFORMATION":
            case.refusals[grant] = row
        case "consent.narrowed.v1":
            for what in ("removed_categories", "removed_recipients", "removed_fields"):
                for each in facts.get(what) or ():
                    case.consents[grant].taken.setdefault(each, at)
        case ended if ended in GRANT_ENDS and grant in case.consents:
            case.consents[grant].ended = case.consents[grant].ended or at
        case "consent.conflict_recorded.v1":
            case.torn[said] = at
        case "consent.conflict_settled.v1":
            case.torn.pop(said, None)
        case "consent.exclusion_set.v1":
            case.out = dict.fromkeys(whom, at) | case.out
        case "consent.exclusion_lifted.v1" if via not in case.out:
            case.out = {each: since for each, since in case.out.items() if each not in whom}
        case "consent.emergency_disclosure_authorised.v1":
            case.answer_for[facts["emergency_id"]].add(facts["authorising_agency"])
            if facts["in_force"]:
                emergency = case.emergencies[facts["emergency_id"]] = case.basis(row)
                emergency.by = frozenset(case.answer_for[facts["emergency_id"]])
        case "consent.emergency_expired.v1" if facts["emergency_id"] in case.emergencies:
            case.emergencies[facts["emergency_id"]].ended = at
        case "consent.statutory_disclosure_recorded.v1":
            case.statutory[facts["statutory_id"]] = case.basis(row)
        case "trail.purge_requested.v1":
            case.received |= {(grant, facts["recipient"])}
        case "disclosure.disclosed.v1":
            case.received |= {(each, facts["recipient"]) for each in facts["basis_ids"] if each}
        case _:
            pass
