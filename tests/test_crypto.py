"""A sealed part is as the audit describes it, and opens nowhere but where it was sealed."""

import hashlib
import hmac
from typing import Final
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given as for_any
from hypothesis import strategies as st

from adapters.crypto import ChaChaCipher, Kek, WrongKek, commitment
from domain.model import PersonId
from services.ports import PartDamaged

CIPHER: Final = ChaChaCipher()
KEY: Final = bytes(range(32))
EVENT: Final = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
HANAKO: Final = PersonId(UUID(int=1, version=4))
TARO: Final = PersonId(UUID(int=2, version=4))
VALUE: Final = '"佐藤花子"'.encode()


def prefixed(*names: bytes) -> bytes:
    return b"".join(len(name).to_bytes(4, "big") + name for name in names)


@for_any(st.binary(max_size=500))
def test_a_part_is_what_the_audit_says_it_is(value: bytes) -> None:
    """Recomputed from the description, without a line of ours."""
    sealed = CIPHER.sealer(KEY, EVENT, HANAKO)("name", value)
    version, nonce, body = (
        sealed.ciphertext[:1],
        sealed.ciphertext[1:13],
        sealed.ciphertext[13:],
    )
    bound = prefixed(EVENT.bytes, b"name", HANAKO.bytes)
    part_key = hmac.new(KEY, prefixed(b"part1") + bound, hashlib.sha256).digest()
    padded = ChaCha20Poly1305(part_key).decrypt(nonce, body, bound)
    salt, rest = padded[:32], padded[32:]
    assert version == b"\x01"
    assert rest.rstrip(b"\x00") == value + b"\x80"
    assert len(padded) % 64 == 0
    assert sealed.sha256 == hashlib.sha256(sealed.ciphertext).hexdigest()
    assert sealed.commitment == hashlib.sha256(b"pc1" + salt + value).hexdigest()


@for_any(st.binary(max_size=500))
def test_what_was_sealed_opens_to_what_it_was(value: bytes) -> None:
    sealed = CIPHER.sealer(KEY, EVENT, HANAKO)("name", value)
    assert CIPHER.opener(KEY, EVENT, HANAKO)("name", sealed.ciphertext) == value


@for_any(st.binary(max_size=300), st.binary(max_size=300))
def test_a_length_shows_its_bucket_only(one: bytes, other: bytes) -> None:
    def bucket(value: bytes) -> int:
        return (32 + len(value) + 1 + 63) // 64

    def length(value: bytes) -> int:
        return len(CIPHER.sealer(KEY, EVENT, HANAKO)("name", value).ciphertext)

    assert (length(one) == length(other)) == (bucket(one) == bucket(other))
    assert length(one) == 1 + 12 + 64 * bucket(one) + 16


def test_nothing_said_is_as_long_as_a_word() -> None:
    lengths = {
        len(CIPHER.sealer(KEY, EVENT, HANAKO)("kana", value).ciphertext)
        for value in (b"null", b"true", VALUE, b"31 bytes are the most of bucket 1"[:31])
    }
    assert len(lengths) == 1


def test_sealed_twice_it_looks_like_two_values() -> None:
    once, again = (CIPHER.sealer(KEY, EVENT, HANAKO)("name", VALUE) for _ in range(2))
    assert once.ciphertext[1:13] != again.ciphertext[1:13]
    assert once.ciphertext[13:] != again.ciphertext[13:]
    assert once.commitment != again.commitment


def test_a_commitment_is_not_guessed_from_the_value() -> None:
    sealed = CIPHER.sealer(KEY, EVENT, HANAKO)("name", VALUE)
    assert sealed.commitment not in {commitment(b"", VALUE), commitment(bytes(32), VALUE)}


@pytest.mark.parametrize(
    ("key", "event", "field", "person"),
    [
        pytest.param(bytes(32), EVENT, "name", HANAKO, id="another_key"),
        pytest.param(KEY, UUID(int=7), "name", HANAKO, id="another_event"),
        pytest.param(KEY, EVENT, "kana", HANAKO, id="another_field"),
        pytest.param(KEY, EVENT, "name", TARO, id="another_person"),
    ],
)
def test_a_part_opens_in_its_place_only(
    key: bytes, event: UUID, field: str, person: PersonId
) -> None:
    sealed = CIPHER.sealer(KEY, EVENT, HANAKO)("name", VALUE)
    with pytest.raises(PartDamaged) as damaged:
        CIPHER.opener(key, event, person)(field, sealed.ciphertext)
    assert damaged.value.facts == {"event": event, "field": field}


def test_names_do_not_run_together() -> None:
    """A field's last letters are not the next name's first."""
    person = PersonId(UUID(bytes=b"e" + HANAKO.bytes[1:]))
    sealed = CIPHER.sealer(KEY, EVENT, person)("name", VALUE)
    with pytest.raises(PartDamaged):
        CIPHER.opener(KEY, EVENT, PersonId(UUID(bytes=person.bytes)))("namee", sealed.ciphertext)


@for_any(st.data())
def test_any_change_of_any_bit_is_noticed(data: st.DataObject) -> None:
    sealed = CIPHER.sealer(KEY, EVENT, HANAKO)("name", VALUE).ciphertext
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    changed = bytearray(sealed)
    changed[at // 8] ^= 1 << at % 8
    with pytest.raises(PartDamaged):
        CIPHER.opener(KEY, EVENT, HANAKO)("name", bytes(changed))


@for_any(st.binary(max_size=80))
def test_what_is_no_part_at_all_is_damaged(ciphertext: bytes) -> None:
    with pytest.raises(PartDamaged):
        CIPHER.opener(KEY, EVENT, HANAKO)("name", ciphertext)


KEK: Final = Kek(epoch=1, secret=bytes(range(32)))


def test_a_wrapped_key_unwraps_to_itself() -> None:
    assert KEK.unwrap(HANAKO, KEK.wrap(HANAKO, KEY)) == KEY
    assert KEK.wrap(HANAKO, KEY) != KEK.wrap(HANAKO, KEY)


@pytest.mark.parametrize(
    ("kek", "person"),
    [
        pytest.param(Kek(epoch=1, secret=bytes(32)), HANAKO, id="another_kek"),
        pytest.param(Kek(epoch=2, secret=KEK.secret), HANAKO, id="another_epoch"),
        pytest.param(KEK, TARO, id="another_person"),
    ],
)
def test_a_wrapped_key_unwraps_for_its_person_under_its_kek_only(
    kek: Kek, person: PersonId
) -> None:
    wrapped = KEK.wrap(HANAKO, KEY)
    with pytest.raises(WrongKek):
        kek.unwrap(person, wrapped)
    with pytest.raises(WrongKek):
        KEK.unwrap(HANAKO, wrapped[:-1] + bytes((wrapped[-1] ^ 1,)))


def test_a_kek_is_known_by_a_fingerprint_that_tells_nothing_else() -> None:
    assert KEK.fingerprint == Kek(epoch=1, secret=KEK.secret).fingerprint
    assert KEK.fingerprint != Kek(epoch=1, secret=bytes(32)).fingerprint
    assert len(KEK.fingerprint) == 16


def test_a_kek_never_shows_itself() -> None:
    kek = Kek(epoch=3, secret=b"the secret of the installation!!")
    rich = kek.__rich_repr__()
    for said in (repr(kek), str(kek), f"{kek}", repr([kek]), repr(rich)):
        assert "the secret" not in said
        assert kek.secret.hex() not in said
    with pytest.raises(WrongKek) as wrong:
        kek.unwrap(PersonId(uuid4()), bytes(60))
    assert "the secret" not in repr((wrong.value, wrong.value.facts, wrong.value.__cause__))
