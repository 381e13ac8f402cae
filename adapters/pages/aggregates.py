"""One page for each aggregate (集約): its states, events, commands and refusals."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Final, NamedTuple, get_args

import domain
from adapters.pages import MADE, table
from adapters.schemas import said
from contracts.problems import english
from domain.catalogue import AnyCommand, AnyEvent
from domain.categories import Category, CategoryCode
from domain.codes import CATEGORIES, Label
from domain.fields import Field, cut_of, tag_of
from domain.machine import NOT_YET, Machine
from domain.model import Command, Event
from domain.speech import Refused, code_of


class Aggregate(NamedTuple):
    """``tags`` begin its events and commands, ``modules`` hold its machines and refusals."""

    page: str
    title: Label
    says: Label
    tags: tuple[str, ...]
    modules: tuple[str, ...]


AGGREGATES: Final = (
    Aggregate(
        "case",
        Label("ケース", "Case"),
        Label(
            "一人の女性への支援。相談から終結まで、誰が責任を持ち、どこで何が行われたか。",
            "Support for one woman: who answers for her, where she is, and what is done.",
        ),
        ("case.", "numbers."),
        ("domain.case", "domain.case_numbers"),
    ),
    Aggregate(
        "referral",
        Label("つなぎ", "Referral"),
        Label(
            "支援を別の機関へつなぎ、引き継ぐ。引き継ぎが確認されるまで、責任は元の機関にある。",
            "Support goes on with another agency; until the handover is confirmed, nobody lets go.",
        ),
        ("referral.",),
        ("domain.referral",),
    ),
    Aggregate(
        "meeting",
        Label("会議", "Meeting"),
        Label(
            "代表者会議、実務者会議、個別ケース検討会議など。",
            "Representatives, practitioners, or those who are concerned with one woman.",
        ),
        ("meeting.",),
        ("domain.meeting",),
    ),
    Aggregate(
        "consent-ledger",
        Label("同意台帳", "Consent ledger"),
        Label(
            "本人が何に同意し、何を断り、何を取り消したか。同意によらない提供とその後の確認も含む。",
            "What she agreed to, refused and took back; and what was told without her consent.",
        ),
        ("consent.", "trail.", "disclosure."),
        (
            "domain.consent_ledger",
            "domain.emergency",
            "domain.erasure",
            "domain.exclusions",
            "domain.reviews",
            "domain.statutory",
            "domain.trail",
        ),
    ),
    Aggregate(
        "agency",
        Label("機関", "Agency"),
        Label(
            "支援に関わる機関と、その職員、誓約、業務、委託契約。",
            "Who takes part: its people and their pledges, what it offers, its contracts.",
        ),
        ("agency.", "duties.", "installation."),
        ("domain.agency", "domain.duties", "domain.installation"),
    ),
    Aggregate(
        "network",
        Label("支援ネットワーク", "Network"),
        Label(
            "地域協議会・支援調整会議。構成機関と、ちょうど一つの調整機関。",
            "The agencies that meet, with exactly one that coordinates them.",
        ),
        ("network.",),
        ("domain.network",),
    ),
    Aggregate(
        "grievance",
        Label("苦情", "Grievance"),
        Label(
            "支援への苦情。申し立てられた機関は担当しない。",
            "A complaint about a service, handled by somebody else than whom it is about.",
        ),
        ("grievance.",),
        ("domain.grievance",),
    ),
)

EVENT_HEADS: Final = (
    "できごと / Event",
    "主な区分 / Mainly",
    "平文の項目 / In the clear",
    "封をした項目 / Sealed",
    "刻印 / Stamps",
)


def pages() -> Mapping[str, str]:
    modules = tuple(_modules())
    return {
        "README.md": "\n".join(_index()),
        **{f"{each.page}.md": "\n".join(_page(each, modules)) for each in AGGREGATES},
    }


def _index() -> Iterator[str]:
    yield "# 集約 / Aggregates\n"
    yield f"{MADE}\n"
    yield from table(
        ("集約 / Aggregate", "日本語", "English"),
        (
            (f"[{each.title.ja} / {each.title.en}]({each.page}.md)", *each.says)
            for each in AGGREGATES
        ),
    )
    yield "[誰に何が見えるか / Who may see what](who-may-see-what.md)"
    yield "· [コード表 / Code lists](code-lists.md)\n"
    yield "## どの集約でも断られること / What is refused anywhere\n"
    of_one = {refused for each in AGGREGATES for refused in refusals(each)}
    yield from _refusals([each for each in all_refusals() if each not in of_one])


def _page(aggregate: Aggregate, modules: tuple[ModuleType, ...]) -> Iterator[str]:
    yield f"# {aggregate.title.ja} / {aggregate.title.en}\n"
    yield f"{aggregate.says.ja}\n"
    yield f"{aggregate.says.en}\n"
    yield f"{MADE}\n"
    if own := machines(aggregate, modules):
        yield "## 状態 / States\n"
        for machine in own:
            yield from _diagram(machine)
    yield "## できごと / Events\n"
    yield from table(EVENT_HEADS, map(_event, events(aggregate)))
    yield "## 求められること / Commands\n"
    yield from table(("コマンド / Command", "項目 / Fields"), map(_command, commands(aggregate)))
    yield "## 断られること / Refusals\n"
    yield from _refusals(refusals(aggregate))


def events(aggregate: Aggregate) -> list[type[Event]]:
    return [each for each in get_args(AnyEvent) if tag_of(each).startswith(aggregate.tags)]


def commands(aggregate: Aggregate) -> list[type[Command]]:
    return [each for each in get_args(AnyCommand) if _tag(each).startswith(aggregate.tags)]


def refusals(aggregate: Aggregate) -> list[type[Refused]]:
    return [each for each in all_refusals() if _is_in(each.__module__, aggregate)]


def all_refusals() -> list[type[Refused]]:
    return [
        each
        for _, each in sorted(said().items())
        if issubclass(each, Refused)
        and each is not Refused
        and each.__module__.startswith("domain.")
    ]


def machines(aggregate: Aggregate, modules: tuple[ModuleType, ...]) -> list[Machine]:
    """Each once, wherever it is imported to."""
    found: dict[int, Machine] = {}
    for module in modules:
        if _is_in(module.__name__, aggregate):
            for value in vars(module).values():
                if isinstance(value, Machine):
                    found.setdefault(id(value), value)
    return list(found.values())


def _diagram(machine: Machine) -> Iterator[str]:
    yield f"### {machine.name.ja} / {machine.name.en}\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    for code, label in machine.states.items():
        if code != NOT_YET:
            yield f'    state "{label.ja} / {label.en}" as {code}'
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for edge in machine.edges:
        arrows[edge.before, edge.after].append(edge.event.__name__)
    for (before, after), names in arrows.items():
        start = "[*]" if before == NOT_YET else before
        yield f"    {start} --> {after}: {', '.join(dict.fromkeys(names))}"
    leaving = {edge.before for edge in machine.edges if edge.before != edge.after}
    for code in machine.states:
        if code not in leaving and code != NOT_YET:
            yield f"    {code} --> [*]"
    yield "```\n"


def _event(event: type[Event]) -> tuple[str, ...]:
    cut = cut_of(event)
    return (
        f"`{tag_of(event)}`",
        _category(event.primary),
        ", ".join(map(_field, cut.clear)),
        ", ".join(map(_field, cut.sealed)),
        ", ".join(sorted(event.stamps)),
    )


def _field(field: Field) -> str:
    return f"`{field.name}` {'/'.join(_in_order(field.category))}"


def _category(category: Category) -> str:
    return ", ".join(f"{code} {CATEGORIES[code].ja}" for code in _in_order(category))


def _in_order(category: Category) -> list[CategoryCode]:
    return [code for code in CATEGORIES if code in category.codes]


def _command(command: type[Command]) -> tuple[str, ...]:
    return f"`{_tag(command)}`", ", ".join(f"`{name}`" for name in command.__struct_fields__)


def _refusals(refused: list[type[Refused]]) -> Iterator[str]:
    rows = ((f"`{code_of(each)}`", each.ja, english(each)) for each in refused)
    yield from table(("コード / Code", "日本語", "English"), rows)


def _is_in(module: str, aggregate: Aggregate) -> bool:
    return any(module == own or module.startswith(f"{own}.") for own in aggregate.modules)


def _tag(command: type[Command]) -> str:
    return str(command.__struct_config__.tag)


def _modules() -> Iterator[ModuleType]:
    for module in walk_packages(domain.__path__, "domain."):
        yield import_module(module.name)
