"""Sealing one value, wrapping one key, and giving an id another name.

    part = 0x01 || nonce || ChaCha20-Poly1305(EK, nonce, pad(r || value), AAD)
    EK   = HMAC-SHA256(SK, "part1", event, field, person)       AAD = event, field, person
    pc   = SHA-256("pc1" || r || value)                         r: 32 random bytes, in the part only

Names are length-prefixed, so that no two of them run together; values are padded to 64 bytes.
"""

import hmac
import os
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import ClassVar, Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from domain.model import PersonId
from domain.speech import CannotRun
from services.ports import PartDamaged, SealedValue, SecretKey

KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_SALT_BYTES: Final = 32
_BUCKET_BYTES: Final = 64
_END: Final = b"\x80"  # What follows it is padding.


class WrongKek(CannotRun):
    """This key encryption key is not the one that wrapped the keyring."""

    ja: ClassVar[str] = "この鍵暗号化鍵（KEK）は、鍵束を包んだものと異なります。"
    remedy: ClassVar[str] = "Give the KEK of this installation in TSUNAGU_KEK_FILE or TSUNAGU_KEK."
    remedy_ja: ClassVar[str] = (
        "この環境の KEK を TSUNAGU_KEK_FILE または TSUNAGU_KEK に指定してください。"
    )


class ChaChaCipher:
    """``services.ports.Cipher``."""

    def sealer(
        self, key: SecretKey, event: UUID, person: PersonId
    ) -> Callable[[str, bytes], SealedValue]:
        before, after = _UUID + event.bytes, _UUID + person.bytes
        part_key = _part_keys(key, before, after)

        def sealed(field: str, value: bytes) -> SealedValue:
            by_chance = os.urandom(_SALT_BYTES + _NONCE_BYTES)
            salt, nonce = by_chance[:_SALT_BYTES], by_chance[_SALT_BYTES:]
            name = _field(field)
            ciphertext = b"".join(
                (
                    _VERSION,
                    nonce,
                    ChaCha20Poly1305(part_key(name)).encrypt(
                        nonce, _padded(salt + value), before + name + after
                    ),
                )
            )
            return SealedValue(ciphertext, sha256(ciphertext).hexdigest(), commitment(salt, value))

        return sealed

    def opener(
        self, key: SecretKey, event: UUID, person: PersonId
    ) -> Callable[[str, bytes], bytes]:
        before, after = _UUID + event.bytes, _UUID + person.bytes
        part_key = _part_keys(key, before, after)

        def opened(field: str, ciphertext: bytes) -> bytes:
            nonce, sealed = ciphertext[1 : 1 + _NONCE_BYTES], ciphertext[1 + _NONCE_BYTES :]
            name = _field(field)
            if ciphertext[:1] != _VERSION:
                raise PartDamaged(event=event, field=field)
            try:
                padded = ChaCha20Poly1305(part_key(name)).decrypt(
                    nonce, sealed, before + name + after
                )
            except (InvalidTag, ValueError) as error:
                raise PartDamaged(event=event, field=field) from error
            return padded[_SALT_BYTES : padded.rindex(_END)]

        return opened


class AesVeil:
    """``services.ports.Veil``.

    name   = AES-256(key, id): a permutation of all there are
    closed = nonce || ChaCha20-Poly1305(key, nonce, text, bound)
    """

    def veiled(self, key: SecretKey, id_: UUID) -> UUID:
        return UUID(bytes=_one_block(key).encryptor().update(id_.bytes))

    def unveiled(self, key: SecretKey, name: UUID) -> UUID:
        return UUID(bytes=_one_block(key).decryptor().update(name.bytes))

    def closed(self, key: SecretKey, text: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + ChaCha20Poly1305(key).encrypt(nonce, text, bound)

    def opened(self, key: SecretKey, closed: bytes, bound: bytes) -> bytes | None:
        try:
            return ChaCha20Poly1305(key).decrypt(
                closed[:_NONCE_BYTES], closed[_NONCE_BYTES:], bound
            )
        except (InvalidTag, ValueError):
            return None


def _one_block(key: SecretKey) -> Cipher[ECB]:
    """An id is one block, and each block is an id: there is nothing to chain."""
    return Cipher(AES(key), ECB())  # noqa: S305 (the same id shall have the same name)


def commitment(salt: bytes, value: bytes) -> str:
    return sha256(b"pc1" + salt + value).hexdigest()


class Kek(msgspec.Struct, frozen=True):
    """The key encryption key: whoever holds it holds every person's key."""

    epoch: int
    secret: bytes

    def __repr__(self) -> str:
        return f"Kek(epoch={self.epoch}, <sealed>)"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("epoch", self.epoch), ("secret", "<sealed>")]

    @property
    def fingerprint(self) -> str:
        return hmac.digest(self.secret, b"tsunagu kek fingerprint", "sha256").hex()[:16]

    def wrap(self, person: PersonId, key: SecretKey) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + ChaCha20Poly1305(self.secret).encrypt(nonce, key, self._bound(person))

    def unwrap(self, person: PersonId, wrapped: bytes) -> SecretKey:
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return ChaCha20Poly1305(self.secret).decrypt(nonce, sealed, self._bound(person))
        except (InvalidTag, ValueError) as error:
            raise WrongKek(person=person, epoch=self.epoch) from error

    def _bound(self, person: PersonId) -> bytes:
        return _prefixed(b"kek1", self.epoch.to_bytes(4, "big"), person.bytes)


def _part_keys(key: SecretKey, before: bytes, after: bytes) -> Callable[[bytes], bytes]:
    """Of the fields of one event that are one person's: how the hash begins is the same for all."""
    begun = HMAC(key, SHA256())
    begun.update(_PART + before)

    def part_key(field: bytes) -> bytes:
        mac = begun.copy()
        mac.update(field + after)
        return mac.finalize()

    return part_key


def _prefixed(*names: bytes) -> bytes:
    return b"".join([len(name).to_bytes(4, "big") + name for name in names])


@lru_cache  # There are few, and each is asked for again and again.
def _field(name: str) -> bytes:
    return _prefixed(name.encode())


_UUID: Final = (16).to_bytes(4, "big")
_PART: Final = _prefixed(b"part1")


def _padded(value: bytes) -> bytes:
    ended = value + _END
    return ended + bytes(-len(ended) % _BUCKET_BYTES)
