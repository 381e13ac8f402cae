"""The commands and their options; what each one does stands in its own file."""

import asyncio
import logging
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from enum import IntEnum
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Annotated, TypeAlias, cast
from uuid import UUID

import typer
from msgspec.structs import replace
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from adapters import words
from adapters.cli import logs
from adapters.cli import up as starting
from adapters.cli.demo import demo as telling
from adapters.cli.demo import in_a_passing_folder, with_engines_of_its_own
from adapters.cli.doctor import examined, refused, report
from adapters.cli.language import asked, preferred
from adapters.cli.projections import made_anew, paused, resumed, standings, standings_table
from adapters.cli.screen import Screen
from adapters.cli.status import status_of, status_table
from adapters.cli.streams import compared, comparison_text, rebuilt
from adapters.cli.token import issued, listed, revoked, token_lines, whose
from adapters.cli.version import versions, versions_table
from adapters.settings import Settings, read
from adapters.words import Language
from domain.speech import Refused, Spoken
from services.identity import HOURS_MAX


class ExitCode(IntEnum):
    FINE = 0
    FINDINGS = 1  # or a refusal
    USAGE = 2  # Typer's own
    CANNOT_RUN = 3
    INTERRUPTED = 130  # 128 + SIGINT, as shells count


def folder(text: str) -> Path:
    if not text:  # What a shell makes of a variable that is not set; never the current folder.
        sentence = f"{words.NO_FOLDER.en} / {words.NO_FOLDER.ja}"
        raise typer.BadParameter(sentence)
    return Path(text)


Data: TypeAlias = Annotated[Path | None, typer.Option("--data", metavar="DIR", parser=folder)]
Lang: TypeAlias = Annotated[Language, typer.Option("--lang", show_default=False)]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json")]
Once: TypeAlias = Annotated[bool, typer.Option("--once")]
HttpPort: TypeAlias = Annotated[int | None, typer.Option(min=0, max=65535, metavar="PORT")]
Staff: TypeAlias = Annotated[UUID | None, typer.Option(metavar="ID")]
Agency: TypeAlias = Annotated[UUID | None, typer.Option(metavar="ID")]
Hours: TypeAlias = Annotated[int, typer.Option(min=1, max=HOURS_MAX)]
Token: TypeAlias = Annotated[UUID, typer.Argument(metavar="ID")]
Name: TypeAlias = Annotated[str, typer.Argument(metavar="NAME")]
NameOrNone: TypeAlias = Annotated[str | None, typer.Argument(metavar="[NAME]")]
All: TypeAlias = Annotated[bool, typer.Option("--all")]
Debug: TypeAlias = Annotated[bool, typer.Option("--debug")]

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
streams = typer.Typer(no_args_is_help=True)
app.add_typer(streams, name="streams")
projections = typer.Typer(no_args_is_help=True)
app.add_typer(projections, name="projections")
tokens = typer.Typer(no_args_is_help=True)
app.add_typer(tokens, name="token")


@app.callback()
@streams.callback()
@projections.callback()
@tokens.callback()
def tsunagu(*, lang: Lang = "en") -> None:
    del lang  # `program` has made it every command's default.


@app.command()
def up(
    *, data: Data = None, http_port: HttpPort = None, lang: Lang = "en", debug: Debug = False
) -> None:
    with speaking(lang, debug=debug) as screen:
        settings = settings_for(data)
        if http_port is not None:
            settings = replace(settings, http_port=http_port)
        logs.configure(settings)
        asyncio.run(starting.up(settings, screen))


@app.command()
def demo(*, data: Data = None, once: Once = False, lang: Lang = "en", debug: Debug = False) -> None:
    with speaking(lang, debug=debug) as screen:
        settings = with_engines_of_its_own(settings_for(data))
        logs.configure(settings, logging.WARNING)  # The story is not to be interrupted.
        with nullcontext(settings) if data else in_a_passing_folder(settings) as stage:
            asyncio.run(telling(stage, screen, once=once))


@app.command()
def doctor(
    *, data: Data = None, lang: Lang = "en", as_json: AsJson = False, debug: Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        settings = settings_for(data)
        with screen.working(words.CHECKING):
            checks = asyncio.run(examined(settings))
        if as_json:
            screen.answer_json(checks)
        else:
            screen.answer(*report(checks, screen.language))
        if refused(checks, settings):
            raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def status(
    *, data: Data = None, lang: Lang = "en", as_json: AsJson = False, debug: Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        found = asyncio.run(status_of(settings_for(data)))
        if as_json:
            screen.answer_json(found)
        else:
            screen.answer(status_table(found, screen.language))
        if not found.running:
            screen.aside(words.NOT_RUNNING)
            raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def version(
    *, data: Data = None, lang: Lang = "en", as_json: AsJson = False, debug: Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        found = asyncio.run(versions(settings_for(data)))
        if as_json:
            screen.answer_json(found)
        else:
            screen.answer(versions_table(found, screen.language))


@streams.command("rebuild")
def streams_rebuild(*, data: Data = None, lang: Lang = "en", debug: Debug = False) -> None:
    with speaking(lang, debug=debug) as screen:
        count = asyncio.run(rebuilt(settings_for(data), screen))
        screen.aside(words.REBUILT.about(count=count))


@streams.command("check")
def streams_check(
    *, data: Data = None, lang: Lang = "en", as_json: AsJson = False, debug: Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        found = asyncio.run(compared(settings_for(data), screen))
        if as_json:
            screen.answer_json(found)
        else:
            screen.answer(comparison_text(found, screen.language))
        if found.differences:
            raise typer.Exit(ExitCode.FINDINGS)


@projections.command("list")
def projections_list(
    *, data: Data = None, lang: Lang = "en", as_json: AsJson = False, debug: Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        found = asyncio.run(standings(settings_for(data)))
        if as_json:
            screen.answer_json(found)
        else:
            screen.answer(*standings_table(found, screen.language))
        if any(each.state == "stopped" for each in found):
            raise typer.Exit(ExitCode.FINDINGS)


@projections.command("rebuild")
def projections_rebuild(
    name: NameOrNone = None,
    *,
    everything: All = False,
    data: Data = None,
    lang: Lang = "en",
    debug: Debug = False,
) -> None:
    if (name is not None) == everything:
        sentence = f"{words.NAME_OR_ALL.en} / {words.NAME_OR_ALL.ja}"
        raise typer.BadParameter(sentence)
    with speaking(lang, debug=debug) as screen:
        found = asyncio.run(made_anew(settings_for(data), name, screen))
        screen.answer(*standings_table(found, screen.language))


@projections.command("pause")
def projections_pause(
    name: Name, *, data: Data = None, lang: Lang = "en", debug: Debug = False
) -> None:
    with speaking(lang, debug=debug) as screen:
        found = asyncio.run(paused(settings_for(data), name))
        screen.answer(*standings_table(found, screen.language))


@projections.command("resume")
def projections_resume(
    name: Name, *, data: Data = None, lang: Lang = "en", debug: Debug = False
) -> None:
    with speaking(lang, debug=debug) as screen:
        found = asyncio.run(resumed(settings_for(data), name))
        screen.answer(*standings_table(found, screen.language))


@tokens.command("issue")
def token_issue(  # noqa: PLR0913 (one for each option)
    *,
    staff: Staff = None,
    agency: Agency = None,
    hours: Hours = HOURS_MAX,
    data: Data = None,
    lang: Lang = "en",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        found = asyncio.run(issued(settings_for(data), staff, agency, hours))
        if as_json:
            screen.answer_json(found)
        else:
            screen.answer_unbroken(found.token)
            screen.aside(whose(found))


@tokens.command("list")
def token_list(
    *, data: Data = None, lang: Lang = "en", as_json: AsJson = False, debug: Debug = False
) -> None:
    with speaking(lang, debug=debug, as_json=as_json) as screen:
        found = asyncio.run(listed(settings_for(data)))
        if as_json:
            screen.answer_json(found)
        else:
            screen.answer(*token_lines(found, screen.language))
            if not found:
                screen.aside(words.NO_TOKENS)


@tokens.command("revoke")
def token_revoke(
    token: Token, *, data: Data = None, lang: Lang = "en", debug: Debug = False
) -> None:
    with speaking(lang, debug=debug) as screen:
        asyncio.run(revoked(settings_for(data), token))
        screen.aside(words.TOKEN_REVOKED)


def main() -> None:
    cast("TextIOWrapper[BytesIO]", sys.stdout).reconfigure(errors="replace")
    logs.outlive_the_reader()
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


def settings_for(data: Path | None) -> Settings:
    if data is None:
        return read(os.environ)
    return read({**os.environ, "TSUNAGU_DATA": str(data.absolute())})


@contextmanager
def speaking(lang: Language, *, debug: bool, as_json: bool = False) -> Generator[Screen]:
    """Whatever happens inside ends in a sentence and an exit code, never in a traceback."""
    screen = Screen(lang)
    try:
        yield screen
    except Spoken as spoken:
        screen.refusal(spoken)
        if as_json:
            screen.refusal_json(spoken)
        refused = isinstance(spoken, Refused)
        raise typer.Exit(ExitCode.FINDINGS if refused else ExitCode.CANNOT_RUN) from None
    except starting.CutOff as cut_off:
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
