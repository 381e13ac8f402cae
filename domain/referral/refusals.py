"""Why a step of a referral is refused (つなぎで断られる理由)."""

from typing import ClassVar

from domain.speech import Refused


class ReferralNotFound(Refused):
    """There is no such referral in this case."""

    ja: ClassVar[str] = "このケースに該当するつなぎの依頼はありません。"


class NotForYouToDo(Refused):
    """The other agency does this: one prepares and sends, the other answers and takes her on."""

    ja: ClassVar[str] = (
        "この操作は相手の機関が行います。"
        "準備と送付はつなぐ側、回答と受け入れは受け入れる側の操作です。"
    )


class ReferralHasEnded(Refused):
    """This referral has ended, so nothing more is done with it: draft a new one if need be."""

    ja: ClassVar[str] = (
        "このつなぎの依頼はすでに終了しているため、操作できません。"
        "必要な場合は、新しい依頼を作成してください。"
    )


class ReferralAlreadySent(Refused):
    """This referral has already been sent."""

    ja: ClassVar[str] = "このつなぎの依頼は、すでに送付されています。"


class ReferralNotSent(Refused):
    """This referral has not been sent yet."""

    ja: ClassVar[str] = "このつなぎの依頼は、まだ送付されていません。"


class InquiryStillOpen(Refused):
    """The inquiry without identity is not answered yet: wait for the answer, or withdraw."""

    ja: ClassVar[str] = (
        "匿名での照会にまだ回答がありません。回答を待つか、依頼を取り下げてください。"
    )


class NothingWasAsked(Refused):
    """Nothing has been asked that waits for this answer."""

    ja: ClassVar[str] = "回答を待っている照会や情報の依頼はありません。"


class ReferralAlreadyReceived(Refused):
    """This referral has already been received."""

    ja: ClassVar[str] = "このつなぎの依頼は、すでに受け取られています。"


class ReferralNotReceived(Refused):
    """Note that this referral has arrived before asking for more."""

    ja: ClassVar[str] = "情報の追加を求める前に、依頼を受け取ったことを記録してください。"


class InformationStillAwaited(Refused):
    """More information was asked for and has not come: wait for it, or decline."""

    ja: ClassVar[str] = (
        "依頼した追加の情報がまだ届いていません。回答を待つか、受け入れを断ってください。"
    )


class ReferralAlreadyAccepted(Refused):
    """This referral has already been accepted."""

    ja: ClassVar[str] = "このつなぎの依頼は、すでに受け入れられています。"


class ReferralNotAccepted(Refused):
    """The receiving agency has not accepted this referral yet: accept first."""

    ja: ClassVar[str] = "このつなぎの依頼は、まだ受け入れられていません。先に受け入れてください。"


class HandoverAlreadyConfirmed(Refused):
    """This handover is already confirmed."""

    ja: ClassVar[str] = "この引き継ぎは、すでに確認されています。"


class NothingToReportYet(Refused):
    """An outcome is reported once the handover is confirmed: confirm it first."""

    ja: ClassVar[str] = "結果の報告には引き継ぎの確認が必要です。先に引き継ぎを確認してください。"


class ReferralToOneself(Refused):
    """An agency refers her to another agency, not to itself."""

    ja: ClassVar[str] = "自分の機関につなぐことはできません。別の機関を指定してください。"


class WrongKindOfAgency(Refused):
    """That agency is not of a kind that takes up such a referral: choose another agency or kind."""

    ja: ClassVar[str] = (
        "指定された機関は、この種類のつなぎを受ける機関ではありません。"
        "別の機関か、別の種類を選んでください。"
    )


class OnlyCentresAsk(Refused):
    """Only a women's support centre asks for this: refer her to a centre first."""

    ja: ClassVar[str] = (
        "この種類のつなぎを依頼できるのは、女性相談支援センターだけです。"
        "先にセンターにつないでください。"
    )


class OtherPrefecture(Refused):
    """Out of the prefecture, one centre hands her on to another: draft a referral of that kind."""

    ja: ClassVar[str] = (
        "県外への引き継ぎは、匿名での照会の後に、センターからセンターへ行います。"
        "「県外へのつなぎ」として作成してください。"
    )


class NotOtherPrefecture(Refused):
    """A referral out of the prefecture goes to a centre in another prefecture."""

    ja: ClassVar[str] = "「県外へのつなぎ」の相手は、他の都道府県のセンターです。"


class InquireFirst(Refused):
    """Ask first, without saying who she is, and send only once the other side can take her."""

    ja: ClassVar[str] = "先に匿名で照会し、受け入れが可能という回答を得てから送付してください。"


class IntroductionCarriesContactOnly(Refused):
    """An introduction carries nothing but a way to reach her that she agreed to."""

    ja: ClassVar[str] = "紹介で伝えられるのは、本人が同意した連絡先・連絡方法だけです。"


class ContractMissing(Refused):
    """There is no contract in force under which this agency may be commissioned."""

    ja: ClassVar[str] = "この機関との一時保護委託の契約が有効ではありません。"


class HandoverAlreadyOpen(Refused):
    """Another handover of responsibility is open: wait for it or withdraw it first."""

    ja: ClassVar[str] = (
        "主担当の引き継ぎがほかに進んでいます。終わるのを待つか、先に取り下げてください。"
    )


class HandsNothingOver(Refused):
    """By this kind of referral nobody else comes to answer for her."""

    ja: ClassVar[str] = "この種類のつなぎでは、主担当は引き継がれません。"


class RoleNotNamed(Refused):
    """Say in which role your agency takes part from now on."""

    ja: ClassVar[str] = "受け入れる際は、所属機関の役割を指定してください。"


class RoleNotGivenHere(Refused):
    """This kind of referral does not give that role."""

    ja: ClassVar[str] = "この種類のつなぎでは、その役割は引き受けられません。"


class SenderNoLongerTakesPart(Refused):
    """The agency that sent this referral no longer takes part, so it can bring nobody in."""

    ja: ClassVar[str] = (
        "つないだ機関はすでにこのケースに関わっていないため、この依頼を受け入れることはできません。"
    )


class CaseNotAccepted(Refused):
    """No agency answers for her yet, so nobody can hand her over: accept the case first."""

    ja: ClassVar[str] = (
        "主担当機関がまだ決まっていないため、引き継げません。先にケースの支援を開始してください。"
    )


class NotItsToHandOver(Refused):
    """The agency that sent this referral does not answer for her, so it cannot hand her over."""

    ja: ClassVar[str] = "つないだ機関が現在の主担当機関ではないため、主担当を引き継げません。"


class AnswerAlreadyDue(Refused):
    """Ask for an answer by a time that is still to come."""

    ja: ClassVar[str] = "回答の期限には、これから先の日時を指定してください。"


class AnswerNotYetDue(Refused):
    """The time by which an answer was asked for is not over, or none was named."""

    ja: ClassVar[str] = "回答の期限がまだ過ぎていないか、期限が定められていません。"
