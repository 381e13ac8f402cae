"""NATS keys, behind types."""
# pyright: reportUnknownMemberType=false

import hmac
import os

import nkeys  # type: ignore[import-untyped]  # It has none.

from domain.model import AgencyId


def new_seed() -> str:
    return bytes(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)).decode()


def agency_seed(seed: str, agency: AgencyId) -> str:
    """An agency's own: it follows from the seed of our services, and that one not from it."""
    secret = hmac.digest(seed.encode("ascii"), b"tsunagu/nats/agency" + agency.bytes, "sha256")
    return bytes(nkeys.encode_seed(secret, nkeys.PREFIX_BYTE_USER)).decode()


def public_key(seed: str) -> str:
    return bytes(nkeys.from_seed(bytearray(seed, "ascii")).public_key).decode()


def is_user_seed(text: str) -> bool:
    try:
        return public_key(text).startswith("U")
    except (nkeys.NkeysError, ValueError):
        return False
