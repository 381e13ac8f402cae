"""A story in which every kind of event happens that can be asked for, told through handling (物語).

telling     who says what, and how days pass
cast        the agencies
networks    agencies    record    asking    consents    support    stays
referrals   meetings    emergencies    grievances    ending
later       what no command writes yet, so that its form is recorded too
"""

from domain.case import CaseOpened
from domain.model import GrantId, NetworkId
from tests.stories import (
    agencies,
    consents,
    emergencies,
    ending,
    grievances,
    meetings,
    networks,
    record,
    referrals,
    stays,
    support,
)
from tests.stories.asking import asked
from tests.stories.cast import Cast, gathered
from tests.stories.later import Told
from tests.stories.record import Her
from tests.stories.telling import Clock, LogBook, Someone, Stage, operator

__all__ = ["Clock", "LogBook", "Someone", "Stage", "Told", "operator", "tell"]


async def tell(stage: Stage) -> Told:
    """She comes, is helped by many, moves away, and is forgotten, as she wishes."""
    cast = await gathered(stage)
    network, next_town = await _before_she_comes(cast)
    her = await record.she_comes(cast, network)
    grant = await _her_own_say(cast, her)
    await _helped_at_home(cast, her)
    await _protected(cast, her, network)
    await _without_her(cast, her)
    await emergencies.asked_to_destroy(cast, her, grant)
    await grievances.about_the_city(cast, her, grant)
    await grievances.about_nobodys_case(cast)
    await _to_the_end(cast, her, next_town)
    _, opened = await stage.book.last(her.case, CaseOpened)
    return Told(her.case, opened.subject_id, grant, cast)


async def _before_she_comes(cast: Cast) -> tuple[NetworkId, NetworkId]:
    network = await networks.founded(cast, cast.city, "緑野市支援調整会議", "緑野市")
    next_town = await networks.founded(cast, cast.neighbour, "若葉市支援調整会議", "若葉市")
    await networks.at_work(cast, network)
    await networks.in_a_flood(cast, network)
    await networks.dissolved(cast)
    await agencies.at_work(cast)
    await agencies.contracted(cast)
    await agencies.changing(cast)
    return network, next_town


async def _her_own_say(cast: Cast, her: Her) -> GrantId:
    grant = await consents.she_agrees(cast, her)
    await consents.she_says_no(cast, her)
    await consents.until_a_day(cast, her)
    await consents.for_her_son(cast, her)
    await consents.by_her_sister(cast, her)
    await consents.whom_she_shuts_out(cast, her)
    await record.an_earlier_case(cast, her)
    return grant


async def _helped_at_home(cast: Cast, her: Her) -> None:
    await stays.not_now(cast, her)
    await support.assessed(cast, her)
    await support.kept_safe(cast, her)
    await support.planned(cast, her)
    await support.helped(cast, her)
    await support.of_every_category(cast, her)
    await support.said_once(cast, her)


async def _protected(cast: Cast, her: Her, network: NetworkId) -> None:
    await referrals.she_is_handed_on(cast, her)
    await stays.another_is_cancelled(cast, her)
    await stays.she_agrees_to_the_shelter(cast, her)
    await referrals.she_is_commissioned(cast, her)
    await stays.at_the_shelter(cast, her)
    await stays.far_away(cast, her)
    await referrals.what_came_to_nothing(cast, her)
    await referrals.what_else_was_asked(cast, her)
    await meetings.about_her(cast, her, network)
    await meetings.of_the_practitioners(cast, her, network)
    await meetings.of_representatives(cast, network)
    await meetings.of_other_kinds(cast, network)
    await meetings.of_others(cast)
    await stays.afterwards(cast, her)
    await record.what_was_wrong(cast, her)


async def _without_her(cast: Cast, her: Her) -> None:
    await emergencies.in_danger(cast, her)
    await emergencies.against_her_word(cast, her)
    await emergencies.by_law(cast, her)
    await emergencies.shown_to_her(cast, her)


async def _to_the_end(cast: Cast, her: Her, next_town: NetworkId) -> None:
    await referrals.she_moves_away(cast, her)
    await ending.transferred(cast, her, next_town)
    unanswered = await asked(
        cast.neighbour, her.case, "INFORMATION", "SERVICE", {cast.npo.agency}, "IDN"
    )
    await ending.carried_over(cast, her)
    await ending.closed(cast, her)
    await ending.erased(cast, her)
    await ending.what_she_may_still_say(cast, her, unanswered.grant_id)
