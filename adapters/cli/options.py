"""The options (オプション): what each command may be told, and how that is read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

import typer

from adapters import words
from adapters.words import Language, Words
from domain.calendar import JAPAN, in_utc
from domain.speech import Refused

HOURS_MAX: Final = 8  # What the identity gives at most; the tests hold the two together.


def misused(said: Words) -> typer.BadParameter:
    """In both languages: an option is read before it is known which of them is spoken."""
    return typer.BadParameter(f"{said.en} / {said.ja}")


def folder(text: str) -> Path:
    if not text:  # What a shell makes of a variable that is not set; never the current folder.
        raise misused(words.NO_FOLDER)
    return Path(text)


def instant(text: str) -> datetime:
    """In Japan, unless it says where."""
    try:
        at = datetime.now(UTC) if text == "now" else datetime.fromisoformat(text)
        return in_utc(at if at.tzinfo else at.replace(tzinfo=JAPAN))
    except (ValueError, Refused):
        raise misused(words.NO_TIME) from None


Data: TypeAlias = Annotated[Path | None, typer.Option("--data", metavar="DIR", parser=folder)]
Lang: TypeAlias = Annotated[Language, typer.Option("--lang", show_default=False)]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json")]
File: TypeAlias = Annotated[Path, typer.Argument(metavar="FILE")]
AtSpeed: TypeAlias = Annotated[Literal["at-once", "reading"], typer.Option("--speed")]
Once: TypeAlias = Annotated[bool, typer.Option("--once")]
DemoClock: TypeAlias = Annotated[
    datetime | None, typer.Option("--demo-clock", metavar="FROM", parser=instant)
]
Cases: TypeAlias = Annotated[int, typer.Option(min=1, max=100_000, metavar="N")]
Years: TypeAlias = Annotated[int, typer.Option(min=1, max=10, metavar="Y")]
SeedNumber: TypeAlias = Annotated[int, typer.Option("--seed", min=0, metavar="S")]
HttpPort: TypeAlias = Annotated[int | None, typer.Option(min=0, max=65535, metavar="PORT")]
Staff: TypeAlias = Annotated[UUID | None, typer.Option(metavar="ID")]
Agency: TypeAlias = Annotated[UUID | None, typer.Option(metavar="ID")]
Hours: TypeAlias = Annotated[int, typer.Option(min=1, max=HOURS_MAX)]
Token: TypeAlias = Annotated[UUID, typer.Argument(metavar="ID")]
Whose: TypeAlias = Annotated[UUID, typer.Argument(metavar="AGENCY")]
Name: TypeAlias = Annotated[str, typer.Argument(metavar="NAME")]
NameOrNone: TypeAlias = Annotated[str | None, typer.Argument(metavar="[NAME]")]
All: TypeAlias = Annotated[bool, typer.Option("--all")]
CaseAlias: TypeAlias = Annotated[UUID, typer.Argument(metavar="CASE")]
AsAgency: TypeAlias = Annotated[UUID | None, typer.Option("--as", metavar="AGENCY")]
At: TypeAlias = Annotated[datetime | None, typer.Option(metavar="TIME", parser=instant)]
Diff: TypeAlias = Annotated[UUID | None, typer.Option("--diff", metavar="AGENCY")]
DiffAt: TypeAlias = Annotated[datetime | None, typer.Option(metavar="TIME", parser=instant)]
OfAgency: TypeAlias = Annotated[UUID | None, typer.Option("--agency", metavar="AGENCY")]
OfEvent: TypeAlias = Annotated[UUID | None, typer.Option("--event", metavar="ID")]
OfField: TypeAlias = Annotated[str | None, typer.Option("--field", metavar="NAME")]
Grant: TypeAlias = Annotated[UUID, typer.Option(metavar="ID")]
To: TypeAlias = Annotated[list[UUID], typer.Option("--to", metavar="AGENCY")]
Without: TypeAlias = Annotated[list[UUID] | None, typer.Option("--without", metavar="AGENCY")]
WhichCategories: TypeAlias = Annotated[list[str], typer.Option("--category", metavar="CODE")]
LessCategories: TypeAlias = Annotated[list[str] | None, typer.Option("--category", metavar="CODE")]
LessFields: TypeAlias = Annotated[list[str] | None, typer.Option("--field", metavar="PATH")]
ForPurpose: TypeAlias = Annotated[str, typer.Option("--purpose", metavar="CODE")]
HistoryReach: TypeAlias = Annotated[Literal["FULL", "SNAPSHOT", "NONE"], typer.Option("--history")]
Until: TypeAlias = Annotated[datetime | None, typer.Option(metavar="DAY", formats=["%Y-%m-%d"])]
FromDay: TypeAlias = Annotated[
    datetime | None, typer.Option("--since", metavar="DAY", formats=["%Y-%m-%d"])
]
ToDay: TypeAlias = Annotated[
    datetime | None, typer.Option("--until", metavar="DAY", formats=["%Y-%m-%d"])
]
Recipient: TypeAlias = Annotated[UUID | None, typer.Option("--to", metavar="AGENCY")]
ThatAgency: TypeAlias = Annotated[UUID, typer.Option("--agency", metavar="ID")]
ThatMeeting: TypeAlias = Annotated[UUID, typer.Option("--meeting", metavar="ID")]
TokenFile: TypeAlias = Annotated[Path | None, typer.Option("--token", metavar="FILE")]
Network: TypeAlias = Annotated[UUID | None, typer.Option(metavar="ID")]
PrefectureCode: TypeAlias = Annotated[str | None, typer.Option("--prefecture", metavar="CODE")]
FiscalYear: TypeAlias = Annotated[int | None, typer.Option("--fiscal-year", metavar="YEAR")]
OnlyOpen: TypeAlias = Annotated[bool, typer.Option("--open")]
Most: TypeAlias = Annotated[int, typer.Option(min=1, max=200, metavar="N")]
After: TypeAlias = Annotated[str | None, typer.Option(metavar="CURSOR")]
NetworkId: TypeAlias = Annotated[UUID, typer.Argument(metavar="NETWORK")]
AsOf: TypeAlias = Annotated[datetime | None, typer.Option(metavar="DAY", formats=["%Y-%m-%d"])]
FormIn: TypeAlias = Annotated[Language, typer.Option("--form", show_default=False)]
Meeting: TypeAlias = Annotated[UUID, typer.Argument(metavar="ID")]
MeetingSheet: TypeAlias = Annotated[Literal["pack", "minutes"], typer.Argument()]
Debug: TypeAlias = Annotated[bool, typer.Option("--debug")]
