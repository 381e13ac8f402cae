"""One page for all code lists (コード表): their versions, their labels, their older names."""

from collections.abc import Iterator

from adapters.pages import MADE, table
from domain.code_lists import CodeList, code_lists
from domain.codes import CATEGORIES
from domain.usual_ceilings import USUAL_CEILINGS


def page() -> str:
    return "\n".join(_page())


def _page() -> Iterator[str]:
    yield "# コード表 / Code lists\n"
    yield f"{MADE}\n"
    for listed in sorted(code_lists().values(), key=lambda each: each.name):
        yield f"## {listed.name}\n"
        yield f"版 / Version `{listed.version}`\n"
        yield from _list(listed)
    yield "## 情報提供の目安 / Usual ceilings\n"
    yield "同意書で初めから提案する上限。許可ではありません。\n"
    yield "The most a consent form proposes; a proposal and no permission.\n"
    yield from table(
        ("機関の種別 / Kind of agency", "情報区分 / Categories", "条件 / Condition"),
        (
            (
                f"`{kind}`",
                ", ".join(code for code in CATEGORIES if code in ceiling.categories),
                " / ".join(ceiling.condition or ()),
            )
            for kind, ceiling in USUAL_CEILINGS.items()
        ),
    )


def _list(listed: CodeList) -> Iterator[str]:
    heads = ["コード / Code", "日本語", "English"]
    heads += ["区分 / Under"] * bool(listed.groups)
    heads += ["旧称 / Older names"] * bool(listed.older_names)
    yield from table(heads, (_row(listed, code) for code in listed.labels))


def _row(listed: CodeList, code: str) -> Iterator[str]:
    yield f"`{code}`"
    yield from listed.labels[code]
    if listed.groups:
        yield "、".join(label.ja for label in listed.groups.get(code, ()))
    if listed.older_names:
        yield "、".join(listed.older_names.get(code, ()))
