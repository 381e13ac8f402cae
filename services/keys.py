"""Keys (鍵): each person's own, made when first needed; and one of the installation's."""

import hmac
from typing import Final
from uuid import UUID

from domain.model import PersonId
from services.ports import Keyring, Keys, SecretKey

# The installation's own key: for hashes that must not be guessed, and tokens not to be forged.
INSTALLATION: Final = PersonId(UUID(int=0))


async def keys_of(keyring: Keyring, persons: frozenset[PersonId]) -> Keys:
    keys = await keyring.keys(persons)
    for person in persons - keys.keys():
        await keyring.make(person)
    return keys if len(keys) == len(persons) else await keyring.keys(persons)


async def installation_key(keyring: Keyring) -> SecretKey:
    keys = await keys_of(keyring, frozenset({INSTALLATION}))
    key = keys[INSTALLATION]
    assert key is not None, "the installation's own key is never destroyed"
    return key


def derived(secret: SecretKey, purpose: str) -> SecretKey:
    """A key for one purpose alone: whoever learns it learns nothing of the others."""
    return hmac.digest(secret, b"derived1" + purpose.encode(), "sha256")
