"""The commands and their options; what each one does stands in its own file.

A command imports that file when it is called: no one waits for what only the others need.
"""
# ruff: noqa: PLC0415

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine, Generator, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from enum import IntEnum
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

import typer
from msgspec.structs import replace
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from adapters import words
from adapters.cli import options as o
from adapters.cli.language import asked, preferred
from adapters.cli.outliving import outlive_the_reader
from adapters.cli.screen import Screen
from adapters.cli.stopping import CutOff, until_told
from adapters.settings import Settings, read
from adapters.words import Language
from domain.speech import Refused, Spoken

T = TypeVar("T")


class ExitCode(IntEnum):
    FINE = 0
    FINDINGS = 1  # or a refusal
    USAGE = 2  # Typer's own
    CANNOT_RUN = 3
    INTERRUPTED = 130  # 128 + SIGINT, as shells count


app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
streams = typer.Typer(no_args_is_help=True)
app.add_typer(streams, name="streams")
projections = typer.Typer(no_args_is_help=True)
app.add_typer(projections, name="projections")
tokens = typer.Typer(no_args_is_help=True)
app.add_typer(tokens, name="token")
what_if = typer.Typer(no_args_is_help=True)
app.add_typer(what_if, name="what-if")


@app.callback()
@streams.callback()
@projections.callback()
@tokens.callback()
@what_if.callback()
def tsunagu(*, lang: o.Lang = "en") -> None:
    del lang  # `program` has made it every command's default.


@app.command()
def up(
    *,
    data: o.Data = None,
    http_port: o.HttpPort = None,
    demo_clock: o.DemoClock = None,
    lang: o.Lang = "en",
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug) as screen:
        from adapters.cli import logs
        from adapters.cli.up import up as start

        settings = settings_for(data)
        if http_port is not None:
            settings = replace(settings, http_port=http_port)
        logs.configure(settings)
        asyncio.run(start(settings, screen, demo_clock))


@app.command()
def demo(
    *, data: o.Data = None, once: o.Once = False, lang: o.Lang = "en", debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug) as screen:
        from adapters.cli import logs
        from adapters.cli.demo import demo as telling
        from adapters.cli.passing import in_a_passing_folder, with_engines_of_its_own

        settings = with_engines_of_its_own(settings_for(data))
        logs.configure(settings, logging.WARNING)  # The story is not to be interrupted.
        with nullcontext(settings) if data else in_a_passing_folder(settings) as stage:
            played = run(telling(stage, screen, once=once), screen)
        if played.faults:
            raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def seed(  # noqa: PLR0913 (one for each option)
    *,
    cases: o.Cases = 1000,
    years: o.Years = 3,
    seed: o.SeedNumber = 1,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli import logs
        from adapters.cli.seed import seeded, sown_in_words
        from services.seeding import Seed

        settings = settings_for(data)
        logs.configure(settings, logging.WARNING)
        found = asyncio.run(seeded(settings, Seed(cases, years, seed), screen))
        if as_json:
            screen.answer_json(found)
        else:
            screen.aside(sown_in_words(found))


@app.command()
def play(  # noqa: PLR0913 (one for each option)
    file: o.File,
    *,
    data: o.Data = None,
    speed: o.AtSpeed = "at-once",
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli import logs
        from adapters.cli.play import play as playing
        from adapters.cli.play import silent

        logs.configure(settings_for(data), logging.WARNING)
        settings = settings_for(data) if data else None
        tell = silent if as_json else screen.answer
        played = run(playing(settings, file, screen, tell, speed), screen)
        if as_json:
            screen.answer_json(played)
        if played.faults:
            raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def doctor(
    *, data: o.Data = None, lang: o.Lang = "en", as_json: o.AsJson = False, debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.doctor import examined, refused, report

        settings = settings_for(data)
        with screen.working(words.CHECKING):
            checks = asyncio.run(examined(settings))
        screen.found(checks, *report(checks, screen.language))
        if refused(checks, settings):
            raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def status(
    *, data: o.Data = None, lang: o.Lang = "en", as_json: o.AsJson = False, debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.status import status_of, status_table

        found = asyncio.run(status_of(settings_for(data)))
        screen.found(found, status_table(found, screen.language))
        if not found.running:
            screen.aside(words.NOT_RUNNING)
            raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def processes(
    *, data: o.Data = None, lang: o.Lang = "en", as_json: o.AsJson = False, debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.processes import process_standings, processes_table

        found = asyncio.run(process_standings(settings_for(data)))
        screen.found(found, *processes_table(found, screen.language))


@app.command()
def version(
    *, data: o.Data = None, lang: o.Lang = "en", as_json: o.AsJson = False, debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.version import versions, versions_table

        found = asyncio.run(versions(settings_for(data)))
        screen.found(found, versions_table(found, screen.language))


@streams.command("rebuild")
def streams_rebuild(*, data: o.Data = None, lang: o.Lang = "en", debug: o.Debug = False) -> None:
    with speaking(lang, debug=debug) as screen:
        from adapters.cli.streams import rebuilt

        count = asyncio.run(rebuilt(settings_for(data), screen))
        screen.aside(words.REBUILT.about(count=count))


@streams.command("check")
def streams_check(
    *, data: o.Data = None, lang: o.Lang = "en", as_json: o.AsJson = False, debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.streams import compared, comparison_text

        found = asyncio.run(compared(settings_for(data), screen))
        screen.found(found, comparison_text(found, screen.language))
        if found.differences:
            raise typer.Exit(ExitCode.FINDINGS)


@projections.command("list")
def projections_list(
    *, data: o.Data = None, lang: o.Lang = "en", as_json: o.AsJson = False, debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.projections import standings, standings_table

        found = asyncio.run(standings(settings_for(data)))
        screen.found(found, *standings_table(found, screen.language))
        if any(each.state == "stopped" for each in found):
            raise typer.Exit(ExitCode.FINDINGS)


@projections.command("rebuild")
def projections_rebuild(
    name: o.NameOrNone = None,
    *,
    everything: o.All = False,
    data: o.Data = None,
    lang: o.Lang = "en",
    debug: o.Debug = False,
) -> None:
    if (name is not None) == everything:
        raise o.misused(words.NAME_OR_ALL)
    with speaking(lang, debug=debug) as screen:
        from adapters.cli.projections import made_anew, standings_table

        found = asyncio.run(made_anew(settings_for(data), name, screen))
        screen.answer(*standings_table(found, screen.language))


@projections.command("pause")
def projections_pause(
    name: o.Name, *, data: o.Data = None, lang: o.Lang = "en", debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug) as screen:
        from adapters.cli.projections import paused, standings_table

        found = asyncio.run(paused(settings_for(data), name))
        screen.answer(*standings_table(found, screen.language))


@projections.command("resume")
def projections_resume(
    name: o.Name, *, data: o.Data = None, lang: o.Lang = "en", debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug) as screen:
        from adapters.cli.projections import resumed, standings_table

        found = asyncio.run(resumed(settings_for(data), name))
        screen.answer(*standings_table(found, screen.language))


@app.command()
def replay(  # noqa: PLR0913 (one for each option)
    case: o.CaseAlias,
    *,
    as_agency: o.AsAgency = None,
    at: o.At = None,
    diff: o.Diff = None,
    diff_at: o.DiffAt = None,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    if diff is not None and diff_at is not None:
        raise o.misused(words.ONE_COMPARISON)
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.naming import names_in
        from adapters.cli.replay import Asked, replayed, width
        from adapters.cli.replay_paper import ReplayPaper

        settings = settings_for(data)
        asked = Asked(agency=as_agency, at=at, against=diff, against_at=diff_at)
        found = replayed(settings, token_file, case, asked)
        if as_json:
            screen.answer_json(found)
        else:
            names = names_in(settings, token_file)
            paper = ReplayPaper(found, screen.language, width(), names)
            screen.answer_unbroken("\n".join(paper.lines()))


@app.command()
def explain(  # noqa: PLR0913 (one for each option)
    case: o.CaseAlias,
    *,
    of_agency: o.OfAgency = None,
    of_event: o.OfEvent = None,
    of_field: o.OfField = None,
    at: o.At = None,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.explain import Asked, explanation
        from adapters.cli.explain_paper import ExplainPaper
        from adapters.cli.naming import names_in
        from adapters.cli.replay import width

        settings = settings_for(data)
        asked = Asked(agency=of_agency, event=of_event, field=of_field, at=at)
        found = explanation(settings, token_file, case, asked)
        if as_json:
            screen.answer_json(found)
        else:
            names = names_in(settings, token_file)
            paper = ExplainPaper(found, screen.language, width(), names)
            screen.answer_unbroken("\n".join(paper.lines()))


@app.command()
def trail(  # noqa: PLR0913 (one for each option)
    case: o.CaseAlias,
    *,
    from_day: o.FromDay = None,
    to_day: o.ToDay = None,
    recipient: o.Recipient = None,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.naming import names_in
        from adapters.cli.replay import width
        from adapters.cli.trail import Within, trail_of
        from adapters.cli.trail_paper import TrailPaper

        settings = settings_for(data)
        found = trail_of(settings, token_file, case, Within(from_day, to_day, recipient))
        if as_json:
            screen.answer_json(found)
        else:
            paper = TrailPaper(found, screen.language, width(), names_in(settings, token_file))
            screen.answer_unbroken("\n".join(paper.lines()))


@app.command("list")
def list_(  # noqa: PLR0913 (one for each option)
    name: o.Name,
    *,
    network: o.Network = None,
    prefecture: o.PrefectureCode = None,
    fiscal_year: o.FiscalYear = None,
    only_open: o.OnlyOpen = False,
    most: o.Most = 50,
    after: o.After = None,
    everything: o.All = False,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    by = {
        "prefecture": prefecture,
        "fiscal_year": None if fiscal_year is None else str(fiscal_year),
        "open": "true" if only_open else None,
    }
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.lists import Narrowed, shown
        from adapters.cli.lists import read as read_list
        from adapters.cli.naming import names_in, with_names
        from adapters.cli.replay import width

        settings, wanted = settings_for(data), None if everything else most
        narrowed = Narrowed(
            network=network, by={n: said for n, said in by.items() if said is not None}
        )
        found = read_list(settings, token_file, name, narrowed, wanted, after)
        if as_json:
            screen.answer_json(found)
            return
        names = names_in(settings, token_file)
        items = [with_names(item, names) for item in found.items]
        screen.answer(*shown(name, items, screen.language, width()))
        if not found.items:
            screen.aside(words.NOTHING_LISTED)
        if found.next is not None:
            screen.aside(words.LISTED_ON.about(after=found.next))


@app.command()
def ledger(  # noqa: PLR0913 (one for each option)
    network_id: o.NetworkId,
    *,
    fiscal_year: o.FiscalYear = None,
    as_of: o.AsOf = None,
    form: o.FormIn = "ja",
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.ledger import LedgerPaper, ledger_of
        from adapters.cli.naming import names_in

        settings, on = settings_for(data), as_of and as_of.date()
        found = ledger_of(settings, token_file, network_id, fiscal_year, on)
        if as_json:
            screen.answer_json(found)
        else:
            paper = LedgerPaper(found, form, names_in(settings, token_file))
            screen.answer_unbroken("\n".join(paper.lines()))


@app.command()
def meeting(  # noqa: PLR0913 (one for each option)
    meeting_id: o.Meeting,
    paper: o.MeetingSheet,
    *,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.meeting import minutes_of, pack_of
        from adapters.cli.meeting_paper import MeetingPaper
        from adapters.cli.naming import NOBODY, names_in
        from contracts.meetings import MeetingMinutes, MeetingPack

        settings = settings_for(data)
        names = NOBODY if as_json else names_in(settings, token_file)
        read_by = MeetingPaper(screen.language, names)
        if paper == "pack":
            pack = pack_of(settings, token_file, meeting_id)
            found: MeetingPack | MeetingMinutes = pack
            lines = read_by.pack(pack)
        else:
            minutes = minutes_of(settings, token_file, meeting_id)
            found, lines = minutes, read_by.minutes(minutes)
        if as_json:
            screen.answer_json(found)
        else:
            screen.answer_unbroken("\n".join(lines))


@what_if.command("withdrawal")
def what_if_withdrawal(  # noqa: PLR0913 (one for each option)
    case: o.CaseAlias,
    *,
    grant: o.Grant,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        said = {"what": "withdrawal", "grant": grant}
        answer_what_if(screen, settings_for(data), token_file, case, said, as_json=as_json)


@what_if.command("narrowing")
def what_if_narrowing(  # noqa: PLR0913 (one for each option)
    case: o.CaseAlias,
    *,
    grant: o.Grant,
    less_categories: o.LessCategories = None,
    less_fields: o.LessFields = None,
    without: o.Without = None,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        said = {
            "what": "narrowing",
            "grant": grant,
            "categories": less_categories or [],
            "recipients": without or None,
            "fields": less_fields or None,
        }
        answer_what_if(screen, settings_for(data), token_file, case, said, as_json=as_json)


@what_if.command("exclusion")
def what_if_exclusion(  # noqa: PLR0913 (one for each option)
    case: o.CaseAlias,
    *,
    that_agency: o.ThatAgency,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        said = {"what": "exclusion", "agency": that_agency}
        answer_what_if(screen, settings_for(data), token_file, case, said, as_json=as_json)


@what_if.command("invitee")
def what_if_invitee(  # noqa: PLR0913 (one for each option)
    case: o.CaseAlias,
    *,
    that_meeting: o.ThatMeeting,
    that_agency: o.ThatAgency,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        said = {"what": "invitee", "meeting": that_meeting, "agency": that_agency}
        answer_what_if(screen, settings_for(data), token_file, case, said, as_json=as_json)


@what_if.command("grant")
def what_if_grant(  # noqa: PLR0913 (one for each option)
    case: o.CaseAlias,
    *,
    to: o.To,
    which_categories: o.WhichCategories,
    purpose: o.ForPurpose,
    history: o.HistoryReach = "FULL",
    until: o.Until = None,
    token_file: o.TokenFile = None,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        said = {
            "what": "grant",
            "recipients": to,
            "categories": which_categories,
            "purpose": purpose,
            "history": history,
            "valid_until": until and until.date(),
        }
        answer_what_if(screen, settings_for(data), token_file, case, said, as_json=as_json)


def answer_what_if(  # noqa: PLR0913 (what is asked, of whom, and how it is answered)
    screen: Screen,
    settings: Settings,
    token: Path | None,
    case: UUID,
    said: Mapping[str, object],
    *,
    as_json: bool,
) -> None:
    from adapters.cli.naming import names_in
    from adapters.cli.replay import width
    from adapters.cli.what_if import question, supposed
    from adapters.cli.what_if_paper import WhatIfPaper

    found = supposed(settings, token, case, question(said))
    if as_json:
        screen.answer_json(found)
    else:
        paper = WhatIfPaper(found, screen.language, width(), names_in(settings, token))
        screen.answer_unbroken("\n".join(paper.lines()))


@tokens.command("issue")
def token_issue(  # noqa: PLR0913 (one for each option)
    *,
    staff: o.Staff = None,
    agency: o.Agency = None,
    hours: o.Hours = o.HOURS_MAX,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.token import issued, whose

        found = asyncio.run(issued(settings_for(data), staff, agency, hours))
        if as_json:
            screen.answer_json(found)
        else:
            screen.answer_unbroken(found.token)
            screen.aside(whose(found))


@tokens.command("list")
def token_list(
    *, data: o.Data = None, lang: o.Lang = "en", as_json: o.AsJson = False, debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.token import listed, token_lines

        found = asyncio.run(listed(settings_for(data)))
        screen.found(found, *token_lines(found, screen.language))
        if not (found or as_json):
            screen.aside(words.NO_TOKENS)


@tokens.command("revoke")
def token_revoke(
    token: o.Token, *, data: o.Data = None, lang: o.Lang = "en", debug: o.Debug = False
) -> None:
    with speaking(lang, debug=debug) as screen:
        from adapters.cli.token import revoked

        asyncio.run(revoked(settings_for(data), token))
        screen.aside(words.TOKEN_REVOKED)


@tokens.command("nats")
def token_nats(
    of: o.Whose,
    *,
    data: o.Data = None,
    lang: o.Lang = "en",
    as_json: o.AsJson = False,
    debug: o.Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        from adapters.cli.token import nats_login

        found = nats_login(settings_for(data), of)
        if as_json:
            screen.answer_json(found)
        else:
            screen.answer_unbroken(found.seed)
            screen.aside(words.NATS_LOGIN_IS_FOR.about(url=found.url, inbox=found.inbox))


def main() -> None:
    cast("TextIOWrapper[BytesIO]", sys.stdout).reconfigure(errors="replace")
    outlive_the_reader()
    program(asked(sys.argv[1:]) or preferred(os.environ))()


def program(language: Language) -> TyperGroup:
    """The commands, with their helps in one language, which is the one they speak unless told."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    group.help = words.PROGRAM.spoken(language)
    for name, command in every_command(group):
        command.help = words.COMMANDS[name].spoken(language)
    everything = (group, *(command for _, command in every_command(group)))
    for option in (each for command in everything for each in command.params):
        assert isinstance(option, TyperOption | TyperArgument)
        option.help = words.OPTIONS[option.name].spoken(language)
        if option.name == "lang":
            option.default = language
    return group


def every_command(
    group: TyperGroup, before: str = ""
) -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """By all the words it takes to call it."""
    for name, command in group.commands.items():
        assert isinstance(command, TyperCommand | TyperGroup)
        yield before + name, command
        if isinstance(command, TyperGroup):
            yield from every_command(command, f"{before}{name} ")


def run(playing: Coroutine[Any, Any, T], screen: Screen) -> T:
    """Until it is over, or somebody stops it."""
    found: list[T] = []

    async def to_its_end() -> None:
        found.append(await playing)

    asyncio.run(until_told(to_its_end(), screen))
    return found[0]


def settings_for(data: Path | None) -> Settings:
    if data is None:
        return read(os.environ)
    return read({**os.environ, "TSUNAGU_DATA": str(data.absolute())})


@contextmanager
def speaking(lang: Language, *, debug: bool, as_json: bool = False) -> Generator[Screen]:
    """Whatever happens inside ends in a sentence and an exit code, never in a traceback."""
    screen = Screen(lang, as_json=as_json)
    try:
        yield screen
    except Spoken as spoken:
        screen.refusal(spoken)
        if as_json:
            screen.refusal_json(spoken)
        refused = isinstance(spoken, Refused)
        raise typer.Exit(ExitCode.FINDINGS if refused else ExitCode.CANNOT_RUN) from None
    except CutOff as cut_off:
        screen.aside(words.INTERRUPTED)
        raise typer.Exit(128 + cut_off.by) from None
    except KeyboardInterrupt:
        screen.aside(words.INTERRUPTED)
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except typer.Exit:
        raise
    except Exception as unexpected:
        if debug:
            raise
        said = words.UNEXPECTED.about(kind=type(unexpected).__name__)
        screen.aside(said)
        if as_json:
            screen.answer_json({"code": "UNEXPECTED", "en": said.en, "ja": said.ja})
        raise typer.Exit(ExitCode.CANNOT_RUN) from None
