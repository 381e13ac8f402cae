"""Code lists of networks (支援調整会議等): what they are founded on, and what they do."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from domain.codes import Label

# 設置の範囲
NetworkLevel: TypeAlias = Literal["PREFECTURE", "REGION", "MUNICIPALITY"]
NETWORK_LEVELS: Final[Mapping[NetworkLevel, Label]] = {
    "PREFECTURE": Label("都道府県", "Prefecture"),
    "REGION": Label("圏域", "Region"),
    "MUNICIPALITY": Label("市町村", "Municipality"),
}

# 設置の根拠
NetworkBasis: TypeAlias = Literal[
    "MODEL_PROJECT", "ACT_ART_15", "DV_ACT_COUNCIL", "MUNICIPAL_GUIDELINE"
]
NETWORK_BASES: Final[Mapping[NetworkBasis, Label]] = {
    "MODEL_PROJECT": Label("モデル事業の地域協議会", "Regional council of the model project"),
    "ACT_ART_15": Label(
        "困難女性支援法第15条の支援調整会議", "Support coordination council under Article 15"
    ),
    "DV_ACT_COUNCIL": Label("DV防止法の協議会", "Council under the DV Act"),
    "MUNICIPAL_GUIDELINE": Label("市町村の要綱", "Guideline of the municipality"),
}

# 会議の開き方
MeetingMode: TypeAlias = Literal["PERIODIC", "AS_NEEDED", "PERIODIC_OR_AS_NEEDED"]
MEETING_MODES: Final[Mapping[MeetingMode, Label]] = {
    "PERIODIC": Label("定期的に", "Periodically"),
    "AS_NEEDED": Label("必要に応じて", "As needed"),
    "PERIODIC_OR_AS_NEEDED": Label("定期的に、又は必要に応じて", "Periodically or as needed"),
}

# 参加の形
MembershipType: TypeAlias = Literal["MEMBER", "REGISTERED_ESTABLISHMENT", "OBSERVER"]
MEMBERSHIP_TYPES: Final[Mapping[MembershipType, Label]] = {
    "MEMBER": Label("構成機関", "Member"),
    "REGISTERED_ESTABLISHMENT": Label("登録事業所", "Registered establishment"),
    "OBSERVER": Label("オブザーバー", "Observer"),
}

# 調整担当者に望まれる資格等: ア a professional, イ five years in this field, ウ approved.
CoordinatorQualification: TypeAlias = Literal[
    "CERTIFIED_SOCIAL_WORKER",
    "PSYCHIATRIC_SOCIAL_WORKER",
    "PUBLIC_HEALTH_NURSE",
    "FIVE_YEARS_EXPERIENCE",
    "APPROVED_BY_BODY",
]
COORDINATOR_QUALIFICATIONS: Final[Mapping[CoordinatorQualification, Label]] = {
    "CERTIFIED_SOCIAL_WORKER": Label("ア 社会福祉士", "(a) Certified social worker"),
    "PSYCHIATRIC_SOCIAL_WORKER": Label("ア 精神保健福祉士", "(a) Psychiatric social worker"),
    "PUBLIC_HEALTH_NURSE": Label("ア 保健師", "(a) Public health nurse"),
    "FIVE_YEARS_EXPERIENCE": Label(
        "イ この分野で5年以上の経験", "(b) Five years or more in this field"
    ),
    "APPROVED_BY_BODY": Label(
        "ウ 理解があり実施主体が認めた者", "(c) Approved by the implementing body"
    ),
}

# 配架・掲示するもの
PostingItem: TypeAlias = Literal["DIRECTORY", "LEAFLET", "CARD", "POSTER"]
POSTING_ITEMS: Final[Mapping[PostingItem, Label]] = {
    "DIRECTORY": Label("相談窓口一覧", "Directory of consultation windows"),
    "LEAFLET": Label("リーフレット", "Leaflet"),
    "CARD": Label("カード", "Card"),
    "POSTER": Label("ポスター", "Poster"),
}

# 配架・掲示する場所
PostingPlace: TypeAlias = Literal[
    "EVACUATION_SHELTER", "PUBLIC_OFFICE", "SHOP", "SCHOOL", "MEDICAL_INSTITUTION", "OTHER"
]
POSTING_PLACES: Final[Mapping[PostingPlace, Label]] = {
    "EVACUATION_SHELTER": Label("避難所", "Evacuation shelter"),
    "PUBLIC_OFFICE": Label("役所・公共施設", "Public office"),
    "SHOP": Label("店舗", "Shop"),
    "SCHOOL": Label("学校", "School"),
    "MEDICAL_INSTITUTION": Label("医療機関", "Medical institution"),
    "OTHER": Label("その他", "Other"),
}

# 周知の手段
NoticeMeans: TypeAlias = Literal["POSTING", "WEBSITE", "SNS", "RADIO", "LOUDSPEAKER", "OUTREACH"]
NOTICE_MEANS: Final[Mapping[NoticeMeans, Label]] = {
    "POSTING": Label("掲示", "Posting"),
    "WEBSITE": Label("ウェブサイト", "Website"),
    "SNS": Label("SNS", "Social media"),
    "RADIO": Label("ラジオ", "Radio"),
    "LOUDSPEAKER": Label("防災行政無線", "Public address system"),
    "OUTREACH": Label("巡回", "Outreach"),
}
