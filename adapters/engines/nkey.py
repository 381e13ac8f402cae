"""NATS keys, behind types."""
# pyright: reportUnknownMemberType=false

import os

import nkeys  # type: ignore[import-untyped]  # It has none.


def new_seed() -> str:
    return bytes(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)).decode()


def public_key(seed: str) -> str:
    return bytes(nkeys.from_seed(bytearray(seed, "ascii")).public_key).decode()


def is_user_seed(text: str) -> bool:
    try:
        return public_key(text).startswith("U")
    except (nkeys.NkeysError, ValueError):
        return False
