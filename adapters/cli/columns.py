"""Columns (一覧の列): of each list which columns it has, and how a cell is said to a person.

A row is what the entrance has answered, as JSON; a column names a place in it, with dots between.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Final, NamedTuple, TypeAlias, cast

import msgspec

from adapters.cli import headings as h
from adapters.words import Language, Words
from contracts.referrals import LeadTimeSummary, Spread, summed
from domain.calendar import JAPAN, wareki
from domain.code_lists import code_lists

Row: TypeAlias = Mapping[str, object]
Rows: TypeAlias = Callable[[Sequence[Row]], Sequence[Row]]
Says: TypeAlias = Callable[[object, Language], str]


def items(answers: Sequence[Row]) -> Sequence[Row]:
    return [row for answer in answers for row in cast("Sequence[Row]", answer["items"])]


def counts(answers: Sequence[Row]) -> Sequence[Row]:
    return [row for answer in answers for row in cast("Sequence[Row]", answer["counts"])]


def municipalities(answers: Sequence[Row]) -> Sequence[Row]:
    found = (each for answer in answers for each in cast("Sequence[str]", answer["municipalities"]))
    return [{"municipality": each} for each in found]


def put_together(answers: Sequence[Row]) -> Sequence[Row]:
    """Of several summaries one."""
    whole = reduce(summed, (msgspec.convert(answer, LeadTimeSummary) for answer in answers))
    return [cast("Row", msgspec.to_builtins(msgspec.structs.replace(whole, next=None)))]


class Column(NamedTuple):
    heading: Words
    at: str
    says: Says


class ListOf(NamedTuple):
    """``of_network``: one is to be named; ``narrowed_by``: what else may be asked for.

    ``rows``: where in an answer they stand. ``in_pages``: it is asked for by and by; without, it is
    answered whole.
    """

    path: str
    columns: tuple[Column, ...]
    of_network: bool = False
    narrowed_by: frozenset[str] = frozenset()
    rows: Rows = items
    in_pages: bool = True


def cell(column: Column, row: Row, language: Language) -> str:
    said: object = row
    for name in column.at.split(".") if column.at else ():
        said = _within(said).get(name)
    if said is None:
        return ""
    if (why := _within(said).get("withheld")) is not None:
        return h.WITHHELD[str(why)].spoken(language)
    return column.says(said, language)


def _within(said: object) -> Row:
    return cast("Row", said) if isinstance(said, Mapping) else {}


def plain(said: object, _: Language) -> str:
    return str(said)


def in_short(said: object, _: Language) -> str:
    """The beginning of an id, enough to tell two apart on one page."""
    return str(said)[:8]


def code(name: str) -> Says:
    labels = code_lists()[name].labels

    def says(said: object, language: Language) -> str:
        label = labels.get(str(said))
        return str(said) if label is None else label.ja if language == "ja" else label.en

    return says


def word(spoken: Mapping[str, Words]) -> Says:
    return lambda said, language: spoken[str(said)].spoken(language)


def each(says: Says) -> Says:
    def said_of_each(said: object, language: Language) -> str:
        between = "、" if language == "ja" else ", "
        return between.join(says(one, language) for one in cast("Sequence[object]", said))

    return said_of_each


def day(said: object, language: Language) -> str:
    on = date.fromisoformat(str(said))
    return wareki(on) if language == "ja" else on.isoformat()


def moment(said: object, language: Language) -> str:
    at = datetime.fromisoformat(str(said)).astimezone(JAPAN)
    return f"{day(at.date(), language)} {at:%H:%M}"


def span(said: object, language: Language) -> str:
    return _lasted(msgspec.convert(said, timedelta), language)


def spread(said: object, language: Language) -> str:
    of = msgspec.convert(said, Spread)
    mean, longest = (_lasted(each, language) for each in (of.total / of.count, of.longest))
    return h.SPREAD.about(mean=mean, longest=longest, count=of.count).spoken(language)


def _lasted(lasted: timedelta, language: Language) -> str:
    """In the largest unit of which it lasted two at least."""
    minutes = int(lasted.total_seconds() // 60)
    for unit, length in (("days", 24 * 60), ("hours", 60), ("minutes", 1)):
        if minutes >= 2 * length or unit == "minutes":
            return h.SPANS[unit].about(count=minutes // length).spoken(language)
    raise AssertionError(minutes)


def agency(said: object, language: Language) -> str:
    shown = cast("Row", said)
    if (name := shown.get("name")) is not None:
        return str(name)
    if (known := shown.get("id")) is not None:
        return in_short(known, language)
    if (kind := shown.get("kind")) is not None:
        return KINDS(kind, language)
    return h.NOT_NAMED.spoken(language)


def flag(said: object, language: Language) -> str:
    return h.YES.spoken(language) if said else ""


def reviewed(said: object, language: Language) -> str:
    known = cast("Row", said).get("reviewed")
    return h.NOT_SHOWN.spoken(language) if known is None else flag(known, language)


def number(said: object, _: Language) -> str:
    return str(len(cast("Sequence[object]", said)))


def coordinator(said: object, language: Language) -> str:
    known = cast("Row", said)
    return f"{in_short(known['staff'], language)} {QUALIFIED(known['qualification'], language)}"


def ground(said: object, language: Language) -> str:
    return RULES(cast("Row", said)["rule"], language)


def in_own_language(said: object, language: Language) -> str:
    return str(cast("Row", said)[language])


def what_was_sent(said: object, language: Language) -> str:
    row = cast("Row", said)
    match row["what"]:
        case "DIRECTORY":
            return str(row["version"])
        case "POSTING":
            place = PLACES(row["place_kind"], language)
            item = ITEMS(row["item"], language)
            return f"{item} {place} {agency(row['agency'], language)}"
        case "NOTICE":
            return "\n".join(cast("Sequence[str]", row["text"]))
        case _:
            return ""


def when_it_was_sent(said: object, language: Language) -> str:
    row = cast("Row", said)
    for name in ("published_at", "requested_at", "issued_at"):
        if name in row:
            return moment(row[name], language)
    return day(row["declared_on"], language)


def what_came_back(said: object, language: Language) -> str:
    row = cast("Row", said)
    if row["what"] == "DIRECTORY":
        received = len(cast("Sequence[object]", row["received"]))
        asked = received + len(cast("Sequence[object]", row["awaited"]))
        return h.RECEIVED_OF.about(received=received, all=asked).spoken(language)
    done = row.get("confirmed_on") or row.get("ended_on")
    return "" if done is None else day(done, language)


def how_many_answered(said: object, language: Language) -> str:
    """Of those who were asked to destroy something."""
    of = cast("Mapping[str, int]", said)
    answered = of["acknowledged"] + of["declined"]
    told = h.ANSWERED_OF.about(answered=answered, asked=of["asked"], overdue=of["overdue"])
    return told.spoken(language)


KINDS: Final = code("AgencyKind")
RULES: Final = code("BasisCode")
QUALIFIED: Final = code("CoordinatorQualification")
ITEMS: Final = code("PostingItem")
PLACES: Final = code("PostingPlace")
CASE_ID: Final = Column(h.CASE, "case", plain)
UNNAMED: Final = (Column(h.KIND, "kind", KINDS), Column(h.AGENCIES, "agencies", plain))
LISTS: Final[Mapping[str, ListOf]] = {
    "cases": ListOf(
        "/v1/cases",
        (
            CASE_ID,
            Column(h.NUMBER, "number", plain),
            Column(h.STATUS, "status", code("Status")),
            Column(h.STAGE, "stage", code("Stage")),
            Column(h.PERSON, "name", plain),
            Column(h.ACCEPTED_ON, "accepted_on", day),
            Column(h.RESPONSIBLE, "main_responsible", agency),
            Column(h.TO_TAKE_OVER, "follows", agency),
        ),
    ),
    "referrals": ListOf(
        "/v1/referrals",
        (
            Column(h.REFERRAL, "referral", plain),
            Column(h.CASE, "case", in_short),
            Column(h.KIND, "kind", code("ReferralKind")),
            Column(h.STATUS, "status", code("ReferralStatus")),
            Column(h.SENDER, "sender", agency),
            Column(h.RECEIVER, "receiver", agency),
            Column(h.SENT, "sent_at", moment),
            Column(h.RESPOND_BY, "respond_by", moment),
            Column(h.DUE, "answer_due", moment),
            Column(h.UNANSWERED, "unanswered_since", moment),
            Column(h.TO_ANSWER, "lead_times.to_answer", span),
            Column(h.HANDED_OVER, "lead_times.to_handover", span),
        ),
        narrowed_by=frozenset({"open"}),
    ),
    "lead-times": ListOf(
        "/v1/referrals/lead-times",
        (
            Column(h.REFERRALS, "referrals", plain),
            Column(h.OPEN, "open", plain),
            Column(h.NOT_ANSWERED, "unanswered", plain),
            Column(h.TO_RECEIPT, "to_receipt", spread),
            Column(h.TO_ANSWER, "to_answer", spread),
            Column(h.HANDED_OVER, "to_handover", spread),
        ),
        rows=put_together,
    ),
    "disclosures": ListOf(
        "/v1/disclosures",
        (CASE_ID, Column(h.GROUND, "bases", each(ground))),
    ),
    "meetings": ListOf(
        "/v1/meetings",
        (
            Column(h.MEETING, "meeting", plain),
            Column(h.KIND, "kind", code("MeetingKind")),
            Column(h.DAY, "on", day),
            Column(h.STATUS, "status", code("MeetingStatus")),
            Column(h.PART, "side", word(h.PARTS)),
            Column(h.CONVENOR, "convenor", agency),
            Column(h.CASE, "case", in_short),
        ),
    ),
    "work": ListOf(
        "/v1/work",
        (
            Column(h.DUE, "due", moment),
            Column(h.OVERDUE, "overdue", flag),
            Column(h.TO_DO, "to_do", in_own_language),
            CASE_ID,
            Column(h.ABOUT, "about", in_short),
            Column(h.ANSWER, "answers", how_many_answered),
        ),
    ),
    "ledger": ListOf(
        "/v1/networks/{network}/ledger",
        (
            Column(h.NUMBER, "number", plain),
            Column(h.CASE, "case", in_short),
            Column(h.ACCEPTED_ON, "accepted_on", day),
            Column(h.PERSON, "name", plain),
            Column(h.AGE, "age", plain),
            Column(h.ADDRESS, "address", plain),
            Column(h.RESPONSIBLE, "responsible", agency),
            Column(h.REVIEWED, "", reviewed),
            Column(h.ROUNDS, "rounds", number),
        ),
        of_network=True,
        narrowed_by=frozenset({"fiscal_year"}),
    ),
    "networks": ListOf(
        "/v1/networks",
        (
            Column(h.NETWORK, "network", plain),
            Column(h.NAME, "name", plain),
            Column(h.AREA, "area", plain),
            Column(h.BASIS, "basis", code("NetworkBasis")),
            Column(h.STATUS, "status", code("NetworkStatus")),
            Column(h.COORDINATING, "coordinating", agency),
            Column(h.MEMBERSHIP, "membership", code("MembershipType")),
        ),
    ),
    "roster": ListOf(
        "/v1/networks/{network}/members",
        (
            Column(h.AGENCY, "agency.agency", plain),
            Column(h.NAME, "agency.name", plain),
            Column(h.KIND, "agency.kind", KINDS),
            Column(h.MEMBERSHIP, "membership", code("MembershipType")),
            Column(h.COORDINATING, "is_coordinating", flag),
            Column(h.COORDINATORS, "coordinators", each(coordinator)),
        ),
        of_network=True,
    ),
    "directory": ListOf(
        "/v1/directory",
        (
            Column(h.AGENCY, "agency", plain),
            Column(h.NAME, "name", plain),
            Column(h.KIND, "kind", KINDS),
            Column(h.MUNICIPALITY, "municipality", plain),
            Column(h.WINDOW, "window.channels", each(code("Channel"))),
            Column(h.HOURS, "window.hours", each(plain)),
            Column(h.LANGUAGES, "window.languages", each(code("Language"))),
            Column(h.SERVICES, "services", number),
        ),
        narrowed_by=frozenset({"prefecture"}),
    ),
    "gaps": ListOf(
        "/v1/directory/gaps",
        (Column(h.NO_WINDOW, "municipality", plain),),
        narrowed_by=frozenset({"prefecture"}),
        rows=municipalities,
        in_pages=False,
    ),
    "unnamed": ListOf(
        "/v1/directory/unnamed",
        UNNAMED,
        narrowed_by=frozenset({"prefecture"}),
        rows=counts,
        in_pages=False,
    ),
    "unnamed-members": ListOf(
        "/v1/networks/{network}/unnamed",
        UNNAMED,
        of_network=True,
        rows=counts,
        in_pages=False,
    ),
    "grievances": ListOf(
        "/v1/grievances",
        (
            Column(h.GRIEVANCE, "grievance", plain),
            Column(h.PART, "part", word(h.PARTS)),
            Column(h.STATUS, "status", code("GrievanceStatus")),
            Column(h.RECEIVED_ON, "received_on", day),
            Column(h.ACKNOWLEDGE_BY, "acknowledge_by", day),
            Column(h.ANSWER_BY, "answer_by", day),
            Column(h.HANDLER, "handler", agency),
            Column(h.CASE, "case", in_short),
            Column(h.COMPLAINANT, "complainant", code("Complainant")),
            Column(h.ABOUT_WHOM, "about_agencies", each(agency)),
            Column(h.TEXT, "text", plain),
            Column(h.ANSWERED_ON, "answered_on", day),
            Column(h.ANSWER, "response", plain),
        ),
    ),
    "disaster": ListOf(
        "/v1/networks/{network}/disaster",
        (
            Column(h.KIND, "what", word(h.SENT_ROUND)),
            Column(h.ABOUT, "", what_was_sent),
            Column(h.SENT, "", when_it_was_sent),
            Column(h.CONFIRMED, "", what_came_back),
        ),
        of_network=True,
    ),
}
