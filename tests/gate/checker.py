"""The auditor's rule (検査): whether each line that was let out might be, read off the log alone.

It reads rows (position, time, header as JSON) and shares no code with what it checks; it is written
from ``consent-gate.md``, ``domain.md`` §0.4 and §3.3, and what the events are published to mean.
``Log`` keeps what stands before a row, and each line of a ``Disclosed`` is held against that: so
nothing that ends its basis stands between the two.

Where headers do not tell, it is laxer than the gate; it is nowhere stricter:

* of a field in the clear it believes the category that the line says; of a sealed one it does not;
* of her name and other details, a snapshot holds whatever was said of them before it;
* what tells nothing by itself (ENV, STF) may stand beside any line of its event on the same basis;
* in which role somebody read, and which agencies a field names, it does not look at;
* a feed is a line without a person, and is read by everybody who works there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Final, NamedTuple, TypeAlias, TypeVar

from tests.gate.log import Basis, Case, Header, Log, Row, read
from tests.gate.published import (
    ANEW,
    BESIDE,
    COLUMNS,
    CORRECTED,
    DETAILS,
    DISCLOSED,
    GIVEN_BY_RULE,
    LEDGER,
    NO_CONSENT_OPENS,
    NOTICES,
    NUMBERS,
    OF_CHILDREN,
    WITHDRAWALS,
)

T = TypeVar("T")
JAPAN: Final = timezone(timedelta(hours=9))
# An event, a field, its category, the basis, and its id; and one such for each recipient and basis.
Said: TypeAlias = tuple[str, str, str, str, str | None]
Beside: TypeAlias = Mapping[tuple[str, str, str, str | None], Said]


@dataclass(frozen=True)
class Finding:
    """Of the row at ``position``; ``since``: where that was recorded which stands against it."""

    position: int
    line: int | None
    clause: str
    since: int | None
    about: str

    def __str__(self) -> str:
        line = "" if self.line is None else f", line {self.line}"
        since = "" if self.since is None else f" since {self.since}"
        return f"{self.position}{line}: {self.clause}{since} ({self.about})"


@dataclass
class Report:
    findings: list[Finding] = field(default_factory=list)
    disclosures: int = 0
    withdrawals: int = 0
    decided_after: int = 0  # Disclosures with a line against which something stood before them.
    lines: int = 0
    recipients: set[str] = field(default_factory=set)


class Wrong(Exception):
    def __init__(self, clause: str, since: int | None = None) -> None:
        super().__init__(clause)
        self.clause: Final = clause
        self.since: Final = since


def need(holds: object, clause: str, since: int | None = None) -> None:
    if not holds:
        raise Wrong(clause, since)


def found(value: T | None, clause: str) -> T:
    if value is None:
        raise Wrong(clause)
    return value


class Line(NamedTuple):
    """Of this event this field, to whom; ``paths``: under which names it is said or left out."""

    told: Row
    case: str
    recipient: str
    person: str | None
    at: datetime
    name: str
    paths: tuple[str, ...]
    category: str
    basis: str
    basis_id: str | None
    about: str | None = None  # Whom, if not the woman.


def check(headers: Iterable[Header]) -> Report:
    report, log, rows = Report(), Log(), [read(each) for each in headers]
    beside = _beside(rows)
    for row in rows:
        if row.type == DISCLOSED:
            wrong = list(_wrong(log, row, beside))
            report.findings += wrong
            report.disclosures += 1
            report.decided_after += any(each.since is not None for each in wrong)
            report.lines += len(row.facts["events"])
            report.recipients.add(row.facts["recipient"])
        report.withdrawals += row.type in WITHDRAWALS
        log.then(row)
    return report


def _wrong(log: Log, row: Row, beside: Beside) -> Iterator[Finding]:
    for number, said in enumerate(lines_of(row)):
        try:
            holds(log, row, said, beside)
        except Wrong as wrong:
            about = f"{said[3]} {said[2]} {said[1]} to {row.facts['recipient']}"
            yield Finding(row.position, number, wrong.clause, wrong.since, about)


def holds(log: Log, row: Row, said: Said, beside: Beside) -> None:
    """What tells nothing by itself rests on what another field of its event rests on."""
    line = line_of(log, row, said)
    _reader(log, line)
    try:
        rests(log, line)
    except Wrong:
        if line.category not in BESIDE:
            raise
        if line.category == "STF":
            network = log.networks[log.cases[line.case].network]
            for each in (line.told.agency, line.recipient):
                need(each in network.members, "NO_COLLEAGUE", network.left.get(each))
        if line.basis != "PUBLIC":
            key = (line.recipient, line.told.id, line.basis, line.basis_id)
            rests(log, line_of(log, row, found(beside.get(key), "BESIDE_NOTHING")))


def _reader(log: Log, line: Line) -> None:
    """Somebody who has signed; nobody she has shut out, and nobody whom a grievance is about."""
    agency, case = log.agencies[line.recipient], log.cases[line.case]
    readers = {line.person} if line.person else agency.works
    signed = {line.person} if line.person else agency.custodians
    may = signed & agency.works & agency.pledged
    gone = () if may else signed | agency.left.keys()
    left = max((agency.left.get(each, 0) for each in gone), default=0)
    need(may, "PLEDGE", left or None)
    _none(case.out, readers, "EXCLUDED_STAFF")
    party = log.parties.get(line.told.stream)
    need(party is None or not readers & party.about_staff, "ABOUT_THE_READER")


def rests(log: Log, line: Line) -> None:
    """On the basis that it names, which is in force at this place of the log."""
    case = log.cases[line.case]
    if line.basis != "NOTICE":
        _open(log, case, line)
    found(BASES.get(line.basis), "BASIS")(log, case, line)


def _open(log: Log, case: Case, line: Line) -> None:
    """What is for nobody, or for these alone, on whatever basis."""
    persons = {case.woman, line.about}
    _none(case.erased, persons, "ERASED")
    _none(case.restricted, persons, "RESTRICTED")
    agency, itself = log.agencies[line.recipient], line.recipient
    need(agency.down is None, "SUSPENDED", agency.down)
    if line.told.agency == itself:
        return
    if line.paths[0] in NUMBERS:
        network = log.networks[case.network]
        need(itself in {case.main, network.leads}, "CASE_NUMBER", network.left.get(itself))
    if line.told.type.startswith("consent.") and line.category not in {"CNS", "STF"}:
        hers = {*line.told.facts["recipients"]} if "grantor" in line.told.facts else set[str]()
        need(log.names(itself) & (hers - case.out.keys()), "ANOTHERS_CONSENT")


# Crossing a boundary


def _consent(log: Log, case: Case, line: Line) -> None:
    consent = found(case.consents.get(line.basis_id or ""), "NOT_RECORDED")
    names, said, category = log.names(line.recipient), consent.said, line.category
    _none(case.out, names, "EXCLUDED")
    need(said["kind"] == "INFORMATION", "NOT_RECORDED")
    need(consent.ended is None, "ENDED", consent.ended)
    need(datetime.fromisoformat(said["granted_at"]) <= line.at, "NOT_YET_GIVEN")
    until = said.get("valid_until")
    need(not until or line.at.astimezone(JAPAN).date() <= date.fromisoformat(until), "EXPIRED")
    _none(consent.taken, {*names, category, *line.paths}, "NARROWED")
    heirs = names if category != "LOC" else {line.recipient}
    need(heirs & {*consent.lists("recipients")}, "RECIPIENT")
    if said["grantor"] != "ADULT_COMPANION":  # What another has agreed to is not hers to refuse.
        no = _refusals(case, names, category)
        _none(no, (each for each in no if no[each] > consent.asked), "REFUSED")
    need(category in consent.lists("categories") and category not in NO_CONSENT_OPENS, "CATEGORY")
    need(said.get("only_fields") is None or line.paths[0] in said["only_fields"], "FIELD")
    need(not {*line.paths} & {*consent.lists("excluded_fields")}, "FIELD")
    _speaks_for(case, consent, line)
    after = line.told.position > consent.position
    stood = said["history"] == "SNAPSHOT" and _stood(consent, line)
    need(after or said["history"] == "FULL" or stood, "HISTORY")
    _heard(log, line)
    given = any(case.gives(line.recipient, line.told.id, path) for path in line.paths)
    part = case.why[line.recipient] or given or category == "MTG"
    need(part, "TAKES_NO_PART", case.left.get(line.recipient))


def _speaks_for(case: Case, consent: Basis, line: Line) -> None:
    """She for herself and the children with her, a guardian for the child, an adult for himself.

    While she is in conflict with a child, not for it, nor for what is said of children of hers.
    """
    torn = {child: since for (child, _), since in case.torn.items()}
    grantor, giver = consent.said["grantor"], consent.said["grantor_id"]
    whom, about = {giver}, line.about or case.woman
    if grantor == "SUBJECT":
        need(giver == case.woman, "PERSON")
        whom |= case.children
        if about == case.woman and (line.category == "CHD" or {*line.paths} & OF_CHILDREN):
            _none(torn, torn.keys(), "CONFLICT")
    if grantor == "GUARDIAN":
        whom &= case.children
    if grantor != "ADULT_COMPANION":
        _none(torn, {about}, "CONFLICT")
    need(about in whom, "PERSON", case.grown.get(about or ""))


def _statutory(log: Log, case: Case, line: Line) -> None:
    filed = found(case.statutory.get(line.basis_id or ""), "NOT_RECORDED")
    _told_without_her(log, filed, {filed.said["recipient"]}, line)


def _emergency(log: Log, case: Case, line: Line) -> None:
    """Over what she has said against it only if it names that, and two agencies answer for it."""
    emergency = found(case.emergencies.get(line.basis_id or ""), "NOT_RECORDED")
    need(emergency.ended is None, "ENDED", emergency.ended)
    need(line.at < datetime.fromisoformat(emergency.said["expires_at"]), "EXPIRED")
    named = {*emergency.lists("overrides_refusals"), *emergency.lists("overrides_exclusions")}
    over = named if len(emergency.by) > 1 else set[str]()
    _none(case.out, log.names(line.recipient) - over, "EXCLUDED")
    no = _refusals(case, {line.recipient}, line.category)
    _none(no, no.keys() - over, "REFUSED")
    _told_without_her(log, emergency, {*emergency.lists("recipients")}, line)


def _told_without_her(log: Log, basis: Basis, recipients: set[str], line: Line) -> None:
    need(line.recipient in recipients, "RECIPIENT")
    need(line.category in basis.lists("categories"), "CATEGORY")
    only = basis.said.get("only_fields")
    need(only is None or line.paths[0] in only, "FIELD")
    need(_stood(basis, line), "HISTORY")
    _heard(log, line)


# Not crossing one


def _own(_log: Log, _case: Case, line: Line) -> None:
    need(line.told.agency == line.recipient, "OWN")


def _public(log: Log, case: Case, line: Line) -> None:
    figures = line.category == "AGG" and line.recipient in log.networks[case.network].members
    need(line.category == "PUB" or figures, "PUBLIC")


def _party(log: Log, case: Case, line: Line) -> None:
    """A side of this referral, meeting or grievance: what is done in it, and what names it."""
    _none(case.out, log.names(line.recipient), "EXCLUDED")
    party, itself = found(log.parties.get(line.told.stream), "PARTY"), line.recipient
    need(party.case == line.told.case, "PARTY")  # A row of a review of all cases is nobody's.
    shared = itself in line.told.facts.get("shared_with", ()) and line.category == "GRV"
    need(party.has(itself) or shared, "PARTY", party.left.get(itself))
    told = {"ENV", "SVC", "GRV"} if party.kind == "grievance" else {"ENV", "SVC"}
    named = itself in str(line.told.facts.get(line.name))
    need(line.category in told or (named and line.category not in {"CNS", "GRV", "STF"}), "PARTY")


def _notice(log: Log, case: Case, line: Line) -> None:
    """To whoever received under that consent, or is asked to destroy it: and nothing but that."""
    need(line.paths[0] in NOTICES and line.category == "CNS", "NOTICE")
    names, facts = log.names(line.recipient), line.told.facts
    if line.told.type == "trail.purge_requested.v1":
        need(facts["recipient"] in names, "NOTICE")
        return
    need(any((facts["grant_id"], each) in case.received for each in names), "NOTICE")
    if line.told.type == "consent.narrowed.v1":
        less = facts.get("removed_categories") or facts.get("removed_fields")
        need(less or names & {*(facts.get("removed_recipients") or ())}, "NOTICE")


def _ledger(log: Log, case: Case, line: Line) -> None:
    """Who coordinates the network in whose ledger it stands; a little, who answers for her."""
    _none(case.out, log.names(line.recipient), "EXCLUDED")
    path, answers = line.paths[0], case.main == line.recipient
    need(path in LEDGER and line.category == "SVC", "LEDGER")
    if path in GIVEN_BY_RULE:
        need(answers and not log.agencies[line.told.agency].known, "LEDGER")
        return
    network = log.networks[case.network]
    leads, carried = network.leads == line.recipient, path == "case.carried_over.v1/case_number"
    need(leads or (answers and carried), "LEDGER", network.left.get(line.recipient))
    who_answers = line.told.position == case.answers and path not in NUMBERS
    need(who_answers or line.told.position >= case.entered, "LEDGER")


BASES: Final[Mapping[str, Callable[[Log, Case, Line], None]]] = {
    "CONSENT": _consent,
    "EMERGENCY": _emergency,
    "STATUTORY": _statutory,
    "OWN": _own,
    "PUBLIC": _public,
    "PARTY": _party,
    "NOTICE": _notice,
    "LEDGER": _ledger,
}


# What several of them ask


def _none(since: Mapping[str, int], of: Iterable[str | None], clause: str) -> None:
    """None of these stands against it."""
    if not since:  # As nearly always.
        return
    if against := [since[each] for each in of if each and each in since]:
        raise Wrong(clause, min(against))


def _refusals(case: Case, names: set[str], category: str) -> dict[str, int]:
    """Where no category is named, all of them were refused."""
    return {
        refusal: row.position
        for refusal, row in case.refusals.items()
        if names & {*row.facts["recipients"]}
        and category in (row.facts["categories"] or [category])
    }


def _stood(basis: Basis, line: Line) -> bool:
    """It was part of the state when the basis was recorded."""
    if line.told.type in DETAILS:
        return line.told.position < basis.position
    return line.told.position in basis.state


def _heard(log: Log, line: Line) -> None:
    """Of a meeting about her, and what was said in any: only whoever was asked to it, or came.

    A correction says again what stands in a case or a referral, and nothing else.
    """
    told, party = line.told, log.parties.get(line.told.stream)
    if told.type == CORRECTED:
        need(told.facts["field"].startswith(("case.", "referral.")), "MEETING")
        need(not told.facts["field"].startswith(CORRECTED), "MEETING")
    if party is None or party.kind != "meeting":
        need(line.category != "MTG" or told.type == CORRECTED, "MEETING")
        return
    about_her = party.case == line.case
    hears = about_her and (party.has(line.recipient) or line.recipient in party.came)
    need(hears or not (about_her or line.category == "MTG"), "MEETING")


def lines_of(row: Row) -> Iterator[Said]:
    yield from zip(*(row.facts[name] for name in COLUMNS), strict=True)


def _beside(rows: Iterable[Row]) -> Beside:
    """For each recipient of an event, on each basis, a line that tells something by itself."""
    return {
        (row.facts["recipient"], said[0], *said[3:]): said
        for row in rows
        if row.type == DISCLOSED
        for said in lines_of(row)
        if said[2] not in BESIDE
    }


def line_of(log: Log, row: Row, said: Said) -> Line:
    """What is corrected is, by whatever name it is let out, what it corrects."""
    source, path, category, basis, basis_id = said
    told, facts = found(log.rows.get(source), "EVENT_NOT_RECORDED"), row.facts
    need(told.case in {None, facts["case_id"]}, "OF_ANOTHER_CASE")
    tag, _, name = path.rpartition("/")
    paths = (path, *((f"{ANEW[tag]}/{name}",) if tag in ANEW else ()))
    corrects = told.facts["field"] if told.type == CORRECTED else None
    if corrects and (path == corrects or name == "new_value"):
        tag, _, name = corrects.rpartition("/")
        anew = (f"{ANEW[tag]}/{name}",) if tag in ANEW else ()
        paths, tag, name = (corrects, f"{CORRECTED}/new_value", *anew), CORRECTED, "new_value"
    need(tag == told.type, "FIELD_OF_ANOTHER_EVENT")
    sealed = told.parts.get(name)
    need(sealed is None or sealed[0] == category, "CATEGORY")
    return Line(
        told,
        facts["case_id"],
        facts["recipient"],
        facts.get("person"),
        row.at,
        name,
        paths,
        category,
        basis,
        basis_id,
        sealed and sealed[1],
    )
