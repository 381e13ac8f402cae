"""Who may see what, a second time: the rule in plain words, to compare the real decision with.

Written from the specification alone, by someone who has not seen the code: domain.md §0.4 (the
amendments, which win), §3.2, §3.3, the fields of §4, and consent-gate.md "Bases" for the order.
Every rule is one small function; ``ORDER`` at the end says which is asked first.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final, cast

from tests.oracle_tables import (
    ACTING,
    ALONE,
    BESIDE_ONLY,
    DETAILS,
    FILLED_IN,
    FOLLOWS,
    GRANT_ENDS,
    JAPAN,
    LEDGER,
    MAIN,
    MEETING_ENDS,
    NEVER_WITHOUT_HER,
    NO_CONSENT_OPENS,
    NOTICES,
    NUMBERS,
    OF_CHILDREN,
    PROTECTIVE,
    REFERRAL_ENDS,
    SERVICE_RUNS,
    SERVICES,
    STATE_OF,
    TAKES_PART,
    TO_STAY,
    UNTIL,
    Event,
    Scope,
    category,
    primary,
)


def holds(value: object, item: object) -> bool:
    """A field that names this one, alone or among others."""
    return item in flat(value)


def same(event: Event, grant: Event) -> bool:
    return bool(event["facts"]["grant_id"] == grant["facts"]["grant_id"])


def flat(value: object) -> Iterator[object]:
    if isinstance(value, tuple | list | frozenset | set):
        for part in cast("Iterable[object]", value):
            yield from flat(part)
    else:
        yield value


def standing(events: Iterable[Event], begins: str, ends: str, field: str) -> set[Any]:
    """Whom the one event brought in and the other has not taken out again."""
    inside: set[Any] = set()
    for event in events:
        if event["tag"] == begins:
            inside.add(event["facts"][field])
        elif event["tag"] == ends:
            inside.discard(event["facts"][field])
    return inside - {None}


def names(path: str, event: Event, name: str) -> bool:
    """§0.4.6: a cut or an item names ``type/field``. A correction (INV-K6) is what it corrects."""
    corrected = (event["tag"], name) == ("case.record_corrected.v1", "new_value")
    return bool(path == (event["facts"]["field"] if corrected else f"{event['tag']}/{name}"))


def leaves_out(path: str, event: Event, name: str) -> bool:
    """What is left out is so wherever it is said anew (INV-K6), and under the name it has there."""
    if names(path, event, name) or path == f"{event['tag']}/{name}":
        return True
    said = event["facts"]["field"] if name == "new_value" else f"{event['tag']}/{name}"
    kind, _, field = said.rpartition("/")
    return kind in DETAILS and path == f"case.subject_identified.v1/{field}"


def over(end: date | None, at: datetime) -> bool:
    """A moment ends then; a date ends with that day in Japan."""
    if end is None or isinstance(end, datetime):
        return end is not None and at >= end
    return at.astimezone(JAPAN).date() > end


def begun(start: date, at: datetime) -> bool:
    return at >= start if isinstance(start, datetime) else at.astimezone(JAPAN).date() >= start


def covers(scope: Scope, event: Event, name: str) -> bool:
    """The scope of a grant, an emergency or a filing: categories, only these fields, not those."""
    only = scope["only_fields"] or ()
    return (
        category(event, name) in scope["categories"]
        and (not only or any(names(path, event, name) for path in only))
        and not any(leaves_out(path, event, name) for path in scope.get("excluded_fields") or ())
    )


class Oracle:
    """What one reader may see of one case, and of what belongs to no case, at one moment."""

    def __init__(  # noqa: PLR0913, PLR0917  # A reader is all of these.
        self,
        log: list[Event],
        case: str,
        agency: str,
        staff: str | None,
        role: str | None,
        at: datetime,
    ) -> None:
        self.log, self.case, self.agency = log, case, agency
        self.staff, self.role, self.at = staff, role, at
        self.streams: dict[str, list[Event]] = {}
        for event in log:
            self.streams.setdefault(event["stream"], []).append(event)
        self.of_case = [event for event in log if event["case"] == case]
        self.house = self.streams.get(f"agency-{agency}", [])
        self.subject = {e["facts"]["subject_id"] for e in self.her("case.opened.v1")}
        self.children = self.known_children()
        self.conflicts = self.torn()
        self.near = self.to_be_named()
        self.network, self.main = self.network_of_case(), self.main_responsible()
        self.pledged, self.active = self.may_read(), self.is_active()
        self.erased = set(flat([e["facts"]["scope"] for e in self.her("case.erased.v1")]))
        self.restricted = self.persons_restricted()
        shut_out = self.shut_out("agency_id")
        self.excluded = self.names_before() & shut_out  # INV-C13: under every name it has had.
        self.person_excluded = self.has_excluded_person()
        self.about_reader = self.grievances_about_reader()
        self.received = self.bases_received()
        self.statutory, self.emergencies = self.filings(), self.emergencies_in_force()
        self.takes_part, self.items = self.is_taking_part(), self.items_given()
        self.grants = self.active_grants()

    # What has happened.

    def her(self, *tags: str) -> list[Event]:
        """Of this case, in the order of the log."""
        return [e for e in self.of_case if e["tag"] in tags]

    def stream(self, stream: str, *tags: str) -> list[Event]:
        return [e for e in self.streams.get(stream, ()) if e["tag"] in tags]

    def shut_out(self, field: str) -> set[Any]:
        """INV-C13: only she lifts it, and she does not speak through whom she has shut out."""
        begins, ends = "consent.exclusion_set.v1", "consent.exclusion_lifted.v1"
        heard: list[Event] = []
        for event in self.her(begins, ends):
            out = standing(heard, begins, ends, "agency_id")
            if event["tag"] == begins or event["facts"]["via_agency"] not in out:
                heard.append(event)
        return standing(heard, begins, ends, field)

    def torn(self) -> set[str]:
        """Each agency that has said so says when it is over."""
        said: set[tuple[str, str]] = set()
        for event in self.her("consent.conflict_recorded.v1", "consent.conflict_settled.v1"):
            who = (event["facts"]["child_id"], event["facts"]["via_agency"])
            if event["tag"] == "consent.conflict_recorded.v1":
                said.add(who)
            else:
                said.discard(who)
        grown = {e["facts"]["person_id"] for e in self.her("case.companion_came_of_age.v1")}
        return {child for child, _ in said} - grown

    def known_children(self) -> set[str]:
        told = self.her("case.companion_added.v1")
        of_age = {e["facts"]["person_id"] for e in self.her("case.companion_came_of_age.v1")}
        young = {e["facts"]["person_id"] for e in told if e["facts"]["companion"] == "CHILD"}
        return young - of_age

    def network_of_case(self) -> str | None:
        moved = self.her("case.accepted.v1", "case.transferred.v1")
        last: Scope = moved[-1]["facts"] if moved else {}
        return last.get("ledger_network_id") or last.get("to_network")

    def members(self, network: str | None) -> set[str]:
        told = self.streams.get(f"network-{network}", [])
        if any(e["tag"] == "network.dissolved.v1" for e in told):
            return set()
        return standing(told, "network.member_joined.v1", "network.member_left.v1", "agency_id")

    def coordinates(self) -> bool:
        """INV-A3: one coordinating agency, which is one of the members."""
        told = self.stream(f"network-{self.network}", "network.coordinating_agency_designated.v1")
        coordinating = told[-1]["facts"]["agency_id"] if told else None
        return coordinating == self.agency and self.agency in self.members(self.network)

    def main_responsible(self) -> str | None:
        told = self.her(*MAIN)
        last: Scope = told[-1]["facts"] if told else {}
        return last.get("main_responsible") or last.get("to_agency")

    def enrolled(self) -> dict[str, set[str]]:
        """Who works in the reader's agency now, in which roles."""
        people: dict[str, set[str]] = {}
        for event in self.house:
            if event["tag"] == "agency.staff_enrolled.v1":
                people.setdefault(event["facts"]["staff_id"], set()).add(event["facts"]["role"])
            elif event["tag"] == "agency.staff_left.v1":
                people.pop(event["facts"]["staff_id"], None)
        return people

    def may_read(self) -> bool:
        """INV-A1: enrolled and pledged; a feed has a custodian who is (§0.4.10)."""
        signed = [e for e in self.house if e["tag"] == "agency.pledge_signed.v1"]
        pledged, people = {e["facts"]["staff_id"] for e in signed}, self.enrolled()
        if self.staff is not None:
            return self.staff in pledged and self.role in people.get(self.staff, set())
        begins, ends = "agency.feed_custodian_named.v1", "agency.feed_custodian_ended.v1"
        return bool(standing(self.house, begins, ends, "staff_id") & pledged & set(people))

    def has_excluded_person(self) -> bool:
        """§0.4.10: excluding one of the staff takes the case off the agency's feed."""
        excluded = self.shut_out("staff_id")
        return bool(excluded & (set(self.enrolled()) if self.staff is None else {self.staff}))

    def is_active(self) -> bool:
        gone = {"agency.deactivated.v1", "agency.succeeded.v1"} & {e["tag"] for e in self.house}
        told = ("agency.suspended.v1", "agency.restored.v1")
        standings = [e["tag"] for e in self.house if e["tag"] in told]
        return not gone and standings[-1:] != ["agency.suspended.v1"]

    def persons_restricted(self) -> set[object]:
        """§0.4.13: per person, as it is erased."""
        persons: set[object] = set()
        for event in self.her("case.data_restricted.v1", "case.restriction_lifted.v1"):
            scope = set(flat(event["facts"]["scope"]))
            begins = event["tag"] == "case.data_restricted.v1"
            persons = persons | scope if begins else persons - scope
        return persons

    def bases_received(self) -> set[object]:
        told = [e["facts"] for e in self.log if e["tag"] == "disclosure.disclosed.v1"]
        mine = [facts["basis_ids"] for facts in told if facts["recipient"] in self.names_before()]
        asked = [e["facts"] for e in self.her("trail.purge_requested.v1")]
        purges = [f["grant_id"] for f in asked if f["recipient"] in self.names_before()]
        return set(flat([mine, purges])) - {None}

    # What froze a state of the case: a late correction is not part of it.

    def state(self, position: int) -> set[tuple[str, str]]:
        """The fields, as (event, name), that told the state then, as each agency knew it."""
        last: dict[tuple[object, ...], set[tuple[str, str]]] = {}
        for event in self.of_case:
            if event["position"] >= position:  # §3.3: what she was asked about was there already.
                break
            tag, facts, by = event["tag"], event["facts"], event["agency"]
            fields = {(str(event["id"]), name) for name in (*facts, *event["sealed"])}
            if tag not in DETAILS:
                fields |= {(str(event["id"]), ACTING)}
            if tag in DETAILS:
                last.update({(by, "details", field[1]): {field} for field in fields})
            else:
                last[by, tag, *(facts.get(name) for name in STATE_OF.get(tag, ()))] = fields
        return {field for fields in last.values() for field in fields}

    def filings(self) -> list[Scope]:
        told = self.her("consent.statutory_disclosure_recorded.v1")
        mine = [e for e in told if e["facts"]["recipient"] == self.agency]
        return [e["facts"] | {"frozen": self.state(e["position"])} for e in mine]

    def emergencies_in_force(self) -> list[Scope]:
        over_now = {e["facts"]["emergency_id"] for e in self.her("consent.emergency_expired.v1")}
        authorisers: dict[str, set[str]] = {}
        found: list[Scope] = []
        for event in self.her("consent.emergency_disclosure_authorised.v1"):
            facts = event["facts"]
            by = authorisers.setdefault(facts["emergency_id"], set())
            by.add(facts["authorising_agency"])
            runs = facts["emergency_id"] not in over_now and not over(facts["expires_at"], self.at)
            if facts["in_force"] and runs and holds(facts["recipients"], self.agency):
                found.append(facts | {"frozen": self.state(event["position"]), "by": by})
        return found

    def overrides(self, emergency: Scope, event: Event, name: str) -> bool:
        """It goes over an exclusion or a refusal only if it names it, and two authorised it.

        A refusal that names no category is of all of them.
        """
        told = [e["facts"] for e in self.her("consent.refused.v1")]
        refused = [
            facts["grant_id"]
            for facts in told
            if facts["kind"] == "INFORMATION"
            and holds(facts["recipients"], self.agency)
            and category(event, name) in (facts["categories"] or {category(event, name)})
        ]
        if not refused and not self.excluded:
            return True
        named = emergency["overrides_refusals"]
        return (
            len(emergency["by"]) > 1
            and all(holds(emergency["overrides_exclusions"], name) for name in self.excluded)
            and all(named is True or holds(named, grant) for grant in refused)
        )

    # Taking part: consent permits, participation triggers.

    def drafted(self, stream: str) -> dict[str, Any]:
        told = self.stream(stream, "referral.drafted.v1")
        return dict(told[0]["facts"]) if told else {}

    def begins(self, event: Event) -> set[tuple[object, ...]]:
        """Why an event makes the reader take part, if it does.

        Whoever accepts a referral takes part by the role it takes, and not longer (§3.3: "or the
        agency takes a role"; gate, "What must not leak": no access outlives its reason).
        """
        facts, tag = event["facts"], event["tag"]
        who, reason = TAKES_PART.get(tag, ("", ()))
        if tag in SERVICES and facts["status"] not in SERVICE_RUNS:
            return set()
        if facts.get(who) != self.agency:
            return set()
        if tag in SERVICES:
            return {("service", facts["service_id"])}
        return {("main" if tag in MAIN else tag, *(facts[name] for name in reason))}

    def ends(self, event: Event, why: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
        """Which of the reader's reasons an event ends; the others keep on."""
        facts, tag = event["facts"], event["tag"]
        if tag == "case.participation_ended.v1" and facts["agency_id"] == self.agency:
            return why
        if tag == "case.role_ended.v1" and facts["agency_id"] == self.agency:
            return {("case.role_assigned.v1", facts["function"], facts["person_id"])}
        if tag == "case.responsibility_moved.v1" and facts["from_agency"] == self.agency:
            leaves = {"main"}
            if facts["from_remains"] is False:
                leaves |= {"case.opened.v1"}
            return {reason for reason in why if reason[0] in leaves}
        if tag in SERVICES and facts["status"] not in SERVICE_RUNS:
            return {("service", facts["service_id"])}
        return set()

    def is_taking_part(self) -> bool:
        why: set[tuple[object, ...]] = set()
        for event in self.of_case:
            why = (why - self.ends(event, why)) | self.begins(event)
        return bool(why)

    def items_given(self) -> dict[str, list[str]]:
        """What stands in packages and meeting items for the reader that have not ended."""
        given: dict[str, list[str]] = {}
        for event in self.log:
            tag, facts, stream = event["tag"], event["facts"], event["stream"]
            if tag in {"referral.sent.v1", "referral.information_supplied.v1"}:
                mine = self.drafted(stream).get("to_agency") == self.agency
            elif tag == "meeting.information_provided.v1":
                mine = holds(facts["recipients"], self.agency)
                removed = self.stream(stream, "meeting.invitee_removed.v1")
                left = [e for e in removed if e["facts"]["agency_id"] == self.agency]
                mine = mine and not any(e["position"] > event["position"] for e in left)
            else:
                continue
            if mine and not self.stream(stream, *REFERRAL_ENDS, *MEETING_ENDS):
                for source, path in zip(facts["sources"], facts["paths"], strict=True):
                    given.setdefault(source, []).append(path)
        return given

    def invited(self, stream: str) -> bool:
        """From convening on; §4.6: who convenes it from planning it, as who sends a referral."""
        told = self.streams.get(stream, [])
        planned = self.stream(stream, "meeting.planned.v1")
        if any(event["facts"]["convenor"] == self.agency for event in planned):
            return True
        begins, ends = "meeting.invitee_added.v1", "meeting.invitee_removed.v1"
        convened = self.stream(stream, "meeting.convened.v1")
        return bool(convened) and self.agency in standing(told, begins, ends, "agency_id")

    def attended(self, stream: str) -> bool:
        held = self.stream(stream, "meeting.held.v1")
        return any(holds(e["facts"]["agencies"], self.agency) for e in held)

    # Her consent.

    def names_of_reader(self) -> set[str]:
        """Not of those that she has excluded: an exclusion beats every grant (INV-C13)."""
        return self.names_before() - self.shut_out("agency_id")

    def names_before(self) -> set[str]:
        """Its own, and those of the agencies whose legal successor it is (INV-C12)."""
        found, before = {self.agency}, set[str]()
        moves = [e["facts"] for e in self.log if e["tag"] == "agency.succeeded.v1"]
        while found != before:
            before = set(found)
            found |= {move["old"] for move in moves if move["new"] in found}
        return found

    def has_ended(self, grant: Event) -> bool:
        facts, position = grant["facts"], grant["position"]
        told = [e["facts"]["grant_id"] for e in self.her(*GRANT_ENDS)]
        if facts["grant_id"] in told or over(facts["valid_until"], self.at):
            return True
        later = [e for e in self.log if e["position"] > position]
        return any(self.ends_grant(facts, e) for e in later)

    def ends_grant(self, grant: dict[str, Any], event: Event) -> bool:
        """``until_event``: the end of that stay, the closing of that meeting, of this case."""
        if event["tag"] != UNTIL.get(grant["until_event"]):
            return False
        if grant["until_event"] == "MEETING_CLOSE" and grant["via_meeting"]:
            return bool(event["stream"] == f"meeting-{grant['via_meeting']}")
        stay = grant["until_stay"] if grant["until_event"] == "STAY_END" else None
        return event["case"] == self.case and stay in {None, event["facts"].get("stay_id")}

    def active_grants(self) -> list[Scope]:
        """What she agreed to share with the reader, as narrowed since, and still runs."""
        told = [e for e in self.her("consent.granted.v1") if e["facts"]["kind"] == "INFORMATION"]
        runs = [e for e in told if begun(e["facts"]["granted_at"], self.at)]
        narrowed = [self.narrowed(e) for e in runs if not self.has_ended(e)]
        return [grant for grant in narrowed if grant["recipients"] & self.names_of_reader()]

    def narrowed(self, grant: Event) -> Scope:
        facts: Scope = grant["facts"]
        position: int = grant["position"]
        all_cuts = [e["facts"] for e in self.her("consent.narrowed.v1")]
        cuts = [cut for cut in all_cuts if cut["grant_id"] == facts["grant_id"]]
        categories = set(facts["categories"]) - set(flat([c["removed_categories"] for c in cuts]))
        recipients = set(facts["recipients"]) - set(flat([c["removed_recipients"] for c in cuts]))
        categories -= self.refused_since(grant)
        if facts["via_meeting"] or self.agency not in recipients:
            categories.discard("LOC")  # §3.2, INV-C12: naming the agency, never by a meeting.
        return facts | {
            "position": position,
            "categories": categories,
            "recipients": recipients,
            "excluded_fields": set(facts["excluded_fields"] or ())
            | set(flat([cut["removed_fields"] or () for cut in cuts])),
            "frozen": self.state(position) if facts["history"] == "SNAPSHOT" else set(),
        }

    def refused_since(self, grant: Event) -> set[str]:
        """INV-C5, C7: to what she has said no since, for the reader itself, named there or not."""
        everything, no = set(grant["facts"]["categories"]), set[str]()
        asked = [e for e in self.her("consent.explained.v1") if same(e, grant)]
        since = asked[-1]["position"] if asked else grant["position"]
        hers = grant["facts"]["grantor"] != "ADULT_COMPANION"
        for event in self.her("consent.narrowed.v1", "consent.refused.v1"):
            facts = event["facts"]
            if event["tag"] == "consent.narrowed.v1":
                about, whom = same(event, grant), facts["removed_recipients"]
            else:
                later = event["position"] > since
                about = hers and later and facts["kind"] == "INFORMATION"
                whom = facts["recipients"]
            if about and any(holds(whom, each) for each in self.names_of_reader()):
                no |= set(facts.get("categories") or everything)
        return no

    def speaks_for(self, grant: Scope, event: Event, name: str) -> bool:
        """INV-C10: she for herself and her children, an adult companion for herself.

        In conflict with a child she agrees for none of what is said of children (§3.2 CHD), in
        whomever's record it stands.
        """
        person = event["sealed"][name][1] if name in event["sealed"] else None
        about = self.subject if person is None else {person}
        if about & self.conflicts:
            return False
        if grant["grantor"] == "SUBJECT":
            of_a_child = category(event, name) == "CHD" or any(
                leaves_out(path, event, name) for path in OF_CHILDREN
            )
            if self.conflicts and of_a_child and about & self.subject:
                return False
            return bool(about & (self.subject | self.children))
        of_age = grant["grantor"] == "GUARDIAN" and grant["grantor_id"] not in self.children
        return grant["grantor_id"] in about and not of_age

    # The rules.

    def is_gone(self, persons: set[object], event: Event, name: str) -> bool:
        """§0.4.13: with the woman's data the case; with a companion's, what is theirs."""
        if not persons:
            return False
        person = event["sealed"][name][1] if name in event["sealed"] else None
        return bool(self.subject & persons) or person in persons

    def of_this_case(self, event: Event) -> bool:
        return bool(event["case"] == self.case)

    def own(self, event: Event, _: str) -> bool:
        return bool(event["agency"] == self.agency)

    def notice(self, event: Event, name: str) -> bool:
        """To someone who received under that grant, and a request to purge to whom it is made.

        INV-C6: a purge is asked of recipients that received what was covered, and so says it.
        """
        if name not in NOTICES.get(event["tag"], set()):
            return False
        if event["tag"] == "trail.purge_requested.v1":
            return event["facts"]["recipient"] in self.names_before()
        if event["tag"] == "consent.narrowed.v1":  # Who stays in it as before, hears of nobody.
            facts = event["facts"]
            less = facts["removed_categories"] or facts["removed_fields"]
            if not less and not self.names_before() & set(facts["removed_recipients"] or ()):
                return False
        return event["facts"]["grant_id"] in self.received

    def case_number(self, event: Event, name: str) -> bool:
        """§0.4.12: the number goes to the coordinating and the responsible agency only."""
        if name not in NUMBERS or (event["tag"], name) not in LEDGER:
            return False
        return not (self.own(event, name) or self.main == self.agency or self.coordinates())

    def anothers_consent(self, event: Event, name: str) -> bool:
        """§3.2 CNS: by OWN and NOTICE; the words of a grant, as those whom it names keep to it.

        Why she took something back, and why it was told without her, is nobody's whom it was not
        said to.
        """
        if event["tag"].split(".")[0] != "consent" or category(event, name) in NO_CONSENT_OPENS:
            return False
        mine = event["tag"] == "consent.granted.v1" and any(
            holds(event["facts"]["recipients"], each) for each in self.names_of_reader()
        )
        return not (mine or self.own(event, name))

    def by_statute(self, event: Event, name: str) -> bool:
        told = any(
            (event["id"], name) in filing["frozen"] and covers(filing, event, name)
            for filing in self.statutory
        )
        return told and not self.is_never_told(event, name)

    def by_emergency(self, event: Event, name: str) -> bool:
        told = any(
            (event["id"], name) in emergency["frozen"]
            and covers(emergency, event, name)
            and self.overrides(emergency, event, name)
            for emergency in self.emergencies
        )
        return told and not self.is_never_told(event, name)

    def is_never_told(self, event: Event, name: str) -> bool:
        """Without her."""
        code = category(event, name)
        return code in NEVER_WITHOUT_HER or self.is_kept_from(event, code)

    def network_about(self, event: Event) -> set[str]:
        """The case's network; without a case, the one that meets or that it is about."""
        if self.of_this_case(event):
            return self.members(self.network)
        planned = self.stream(event["stream"], "meeting.planned.v1")
        network = planned[-1]["facts"]["network_id"] if planned else None
        kind, _, key = event["stream"].partition("-")
        return self.members(key if kind == "network" else network)

    def are_colleagues(self, event: Event) -> bool:
        """§3.2 STF: within the network, which both whose staff it is and who reads are in."""
        return self.own(event, "") or {event["agency"], self.agency} <= self.network_about(event)

    def public(self, event: Event, name: str) -> bool:
        code = category(event, name)
        return code == "PUB" or (code == "AGG" and self.agency in self.network_about(event))

    def party(self, event: Event, name: str) -> bool:
        """§0.4.4: SVC and fields naming the reader, of that referral's or meeting's own events."""
        kind = event["tag"].split(".")[0]
        if kind not in {"referral", "meeting", "grievance"}:
            return False
        code = category(event, name)
        naming = name not in event["sealed"] and holds(event["facts"].get(name), self.agency)
        told = code == "SVC" or (naming and code not in {*BESIDE_ONLY, "CNS"})
        if kind == "grievance":
            return code == "GRV" and self.hears(event)
        if kind == "meeting":
            told = told or (code == "MTG" and event["case"] is None)
            return told and self.invited(event["stream"]) and not self.is_row(event)
        return told and self.is_side(event["stream"])

    def is_side(self, stream: str) -> bool:
        """The sender from drafting, the receiver from the inquiry or the sending."""
        draft, told = self.drafted(stream), ("referral.inquiry_sent.v1", "referral.sent.v1")
        receives = draft.get("to_agency") == self.agency and bool(self.stream(stream, *told))
        return draft.get("from_agency") == self.agency or receives

    def is_row(self, event: Event) -> bool:
        """§0.4.12: of a meeting that reviews all cases, attendees see no row of any."""
        told = self.stream(event["stream"], "meeting.requested.v1", "meeting.planned.v1")
        about = {e["facts"].get("case_id") for e in told}
        return event["case"] is not None and event["case"] not in about

    def grievances_about_reader(self) -> set[str]:
        """§4.8: the person complained about is never told of it; all who work there read a feed."""
        received = [e for e in self.log if e["tag"] == "grievance.received.v1"]
        readers = set(self.enrolled()) if self.staff is None else {self.staff}
        return {e["stream"] for e in received if readers & set(flat(e["facts"]["about_staff"]))}

    def hears(self, event: Event) -> bool:
        """Its handler from assignment; others what was shared.

        §3.2 GRV: also agencies complained about, as needed; §4.8: shared in full, or a summary.
        Escalated, nobody handles it until somebody is assigned anew (§4.8, the states).
        """
        told = ("grievance.handler_assigned.v1", "grievance.escalated.v1")
        handlers = [e["facts"].get("handler") for e in self.stream(event["stream"], *told)]
        shared = [e["facts"] for e in self.stream(event["stream"], "grievance.shared.v1")]
        full = [s for s in shared if s["extent"] == "FULL" and holds(s["shared_with"], self.agency)]
        handles = handlers[-1:] == [self.agency]
        return handles or bool(full) or holds(event["facts"].get("shared_with"), self.agency)

    def by_ledger(self, event: Event, name: str) -> bool:
        """§0.4.12: of the ledger it keeps, and of no other in which the case stood before."""
        if name in event["sealed"] or (event["tag"], name) not in LEDGER:
            return False
        entered = self.her("case.accepted.v1", "case.transferred.v1")
        answers = self.her("case.accepted.v1", "case.responsibility_moved.v1")
        here = bool(entered) and event["position"] >= entered[-1]["position"]
        last = event in answers[-1:] and name not in NUMBERS
        carried = (event["tag"], name) == ("case.carried_over.v1", "case_number")
        keeps = self.coordinates() or (carried and self.main == self.agency)
        return (here or last) and keeps

    def by_consent(self, event: Event, name: str) -> bool:
        if not self.grants:
            return False
        code = category(event, name)
        given = self.items.get(event["id"], ())
        reached = self.takes_part or any(names(path, event, name) for path in given)
        if code == "MTG":
            reached = self.is_there(event)
        return (
            reached
            and not self.is_kept_from(event, code)
            and code not in NO_CONSENT_OPENS
            and any(
                covers(grant, event, name)
                and self.speaks_for(grant, event, name)
                and (
                    event["position"] > grant["position"]
                    or grant["history"] == "FULL"
                    or (event["id"], name) in grant["frozen"]
                )
                for grant in self.grants
            )
        )

    def is_there(self, event: Event) -> bool:
        there = self.invited(event["stream"]) or self.attended(event["stream"])
        return there and not self.is_row(event)

    def is_kept_from(self, event: Event, code: str) -> bool:
        """INV-M4: who is not invited sees of a meeting nothing, nor that it takes place.

        A row of a review (INV-M8) is masked for want of consent, and its MTG is the attendees'. A
        correction says again what stands in another record, which no rule but its own opens.
        """
        if event["tag"] == "case.record_corrected.v1":
            corrects: str = event["facts"]["field"]
            again = corrects.startswith("case.record_corrected.")
            return again or not corrects.startswith(("case.", "referral."))
        if not event["tag"].startswith("meeting."):
            return False
        return not self.is_there(event) and (code == "MTG" or not self.is_row(event))

    def field(self, event: Event, name: str, but: str = "") -> tuple[str, str]:
        """The first rule that decides."""
        assert event["case"] in {None, self.case}, "an event of another case"
        here = self.of_this_case(event)
        for said, rule, of_a_case, decides in ORDER:
            if (here or not of_a_case) and rule != but and decides(self, event, name):
                return said, rule
        return "DENY", "NO_BASIS"

    def decided(self, event: Event) -> dict[str, tuple[str, str]]:
        return {name: self.field(event, name) for name in (*event["facts"], *event["sealed"])}

    def visible(
        self, event: Event, said: dict[str, tuple[str, str]] | None = None
    ) -> dict[str, str]:
        """All fields that are seen, those that are only seen beside others among them."""
        said = self.decided(event) if said is None else said
        fields = {name: category(event, name) for name in said}
        seen = {name: rule for name, (allowed, rule) in said.items() if allowed == "ALLOW"}
        # Bases: by NOTICE nothing else, by LEDGER the number and who answers for her.
        told = {fields[name] for name in seen if seen[name] not in ALONE} - BESIDE_ONLY
        beside: set[str] = set()
        # §0.4.3: else the event is neutral; with who did it, or where they met, it were not (M4).
        if told and primary(event) in {fields[name] for name in seen} | BESIDE_ONLY:
            beside |= {"ENV", "STF"} if self.are_colleagues(event) else {"ENV"}
        alone = {name for name in fields if fields[name] in beside}
        if beside and not self.own(event, "") and self.mentions(event) - self.may_know(event):
            networks = {name for name in fields if name.endswith("network_id")}
            alone -= {name for name in fields if fields[name] == "STF"} | networks
        return dict.fromkeys(alone, "BESIDE") | seen

    # Whom an event names (§0.4.7): where she is, is also told by who helps her.

    def mentions(self, event: Event) -> set[tuple[str, str]]:
        """Whose record it is, and each agency in each field."""
        return {(ACTING, event["agency"])} | {
            (name, str(agency))
            for name in event["agencies"]
            for agency in flat(event["facts"][name])
            if agency is not None
        }

    def to_be_named(self) -> set[str]:
        """Of the reader's prefecture, and nobody who protects, is commissioned to or ever was."""
        told = [e["facts"] for e in self.log if e["tag"] == "agency.registered.v1"]
        self.known = {facts["agency_id"]: facts for facts in told}
        here = self.known.get(self.agency, {}).get("prefecture")
        return {self.agency} | {
            agency
            for agency, facts in self.known.items()
            if facts["prefecture"] == here is not None
            and facts["kind"] not in PROTECTIVE
            and not self.stream(f"agency-{agency}", "agency.commission_contract_started.v1")
        }

    def keeps(self, event: Event, name: str, agency: str) -> bool:
        """Of a stay, and of a referral to one: with whom she is or is to be, tells where she is.

        To the two sides that is no news; and where the Centre keeps her, its name is shown (§5.1).
        """
        what = event["tag"].partition(".")[2]
        decided = event["facts"].get("decided_by") if what in FOLLOWS else None
        stream = f"referral-{decided}" if decided else event["stream"]
        if what == "role_ended.v1":
            return any(
                e["facts"]["to_agency"] == agency
                and e["facts"]["kind"] in TO_STAY
                and e["position"] < event["position"]
                and not self.is_side(e["stream"])
                for e in self.her("referral.drafted.v1")
            )
        draft = self.drafted(stream)
        if not draft:
            return what.startswith("stay_") and self.has_kept_her(event, agency)
        if draft["kind"] not in TO_STAY or self.is_side(stream):
            return False
        told = agency == draft["to_agency"] or name in {"new_to", "alternative_agency"}
        return told or self.has_kept_her(event, agency)

    def has_kept_her(self, event: Event, agency: str) -> bool:
        stays = [e for e in self.her("case.stay_decided.v1") if e["position"] <= event["position"]]
        is_the_centre = self.known.get(agency, {}).get("kind") == "WOMENS_SUPPORT_CENTRE"
        return not is_the_centre and any(e["facts"]["provider_agency_id"] == agency for e in stays)

    def may_know(self, event: Event) -> set[tuple[str, str]]:
        """Those near; and the others, where LOC is granted for the field that names them."""
        return {
            (name, agency)
            for name, agency in self.mentions(event)
            if agency == self.agency
            or (agency in self.near and not self.keeps(event, name, agency))
            or self.is_told_where(event, name)
        }

    def is_told_where(self, event: Event, name: str) -> bool:
        """As if a place were sealed there; that it is the reader's own record tells it nothing."""
        sealed = event["sealed"] | {name: ("LOC", next(iter(self.subject), None))}
        return self.field(event | {"sealed": sealed}, name, but="OWN")[0] == "ALLOW"

    def passed_on_by(self, event: Event) -> set[tuple[str, str]]:
        """§4.5 ReferralRedirected: of the sender's new draft, its receiver hears of nobody else."""
        facts, author = event["facts"], event["agency"]
        if event["tag"] != "referral.drafted.v1" or facts["to_agency"] != self.agency:
            return set()
        return {(ACTING, author)} - {(ACTING, facts["from_agency"]), (ACTING, self.agency)}

    def named(self, event: Event, seen: dict[str, str]) -> set[tuple[str, str]]:
        """In which field which agency; in its own record also whom it named there itself."""
        if not seen:
            return set()
        known = self.may_know(event)
        own = self.own(event, "")
        told = {*seen} if own else {n for n in seen if category(event, n) not in BESIDE_ONLY}
        if {seen[name] for name in told} <= ALONE:
            return {each for each in known if each[0] in seen}
        if not own:
            return known - self.passed_on_by(event)
        itself = self.mentions(event)
        said = event["tag"] == "case.role_assigned.v1" and event["facts"]["decided_by"] is None
        return known | {e for e in itself if said or f"{event['tag']}/{e[0]}" not in FILLED_IN}


# Which rule is asked first, and whether it is one of the case and not of what belongs to none.
ORDER: Final[tuple[tuple[str, str, bool, Callable[[Oracle, Event, str], bool]], ...]] = (
    ("DENY", "NO_PLEDGE", False, lambda o, _e, _n: not o.pledged),
    ("DENY", "EXCLUDED_PERSON", True, lambda o, _e, _n: o.person_excluded),
    ("DENY", "EXCLUDED_PERSON", False, lambda o, e, _n: e["stream"] in o.about_reader),
    ("ALLOW", "NOTICE", True, Oracle.notice),
    ("DENY", "ERASED", True, lambda o, e, n: o.is_gone(o.erased, e, n)),
    ("DENY", "RESTRICTED", True, lambda o, e, n: o.is_gone(o.restricted, e, n)),
    ("DENY", "SUSPENDED", False, lambda o, _e, _n: not o.active),
    ("DENY", "CASE_NUMBER", True, Oracle.case_number),
    ("DENY", "ANOTHERS_CONSENT", True, Oracle.anothers_consent),
    ("ALLOW", "STATUTORY", True, Oracle.by_statute),
    ("ALLOW", "EMERGENCY", True, Oracle.by_emergency),
    ("ALLOW", "OWN", False, Oracle.own),
    ("ALLOW", "PUBLIC", False, Oracle.public),
    ("DENY", "EXCLUDED_AGENCY", True, lambda o, _e, _n: bool(o.excluded)),
    ("ALLOW", "PARTY", False, Oracle.party),
    ("ALLOW", "LEDGER", True, Oracle.by_ledger),
    ("ALLOW", "CONSENT", True, Oracle.by_consent),
)
