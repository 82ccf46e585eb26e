"""How people write things down: formats, slips of the pen, and fields filled with nothing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from leads.local.demo.people import Car, Person

MISSING = 0.05
JUNK = 0.012
TYPO = 0.04
#: What stands in a field when somebody had nothing to write.
NOTHING = ("", "-", "S/N", "000000000", "999999999", "NO TIENE", ".", "912345", "0")

_PLAIN = str.maketrans("áéíóúÁÉÍÓÚñÑüÜ", "aeiouAEIOUnNuU")
_SOUNDS_ALIKE = {
    "b": "v", "v": "b", "s": "z", "z": "s", "c": "s", "i": "y", "y": "i", "j": "g", "g": "j",
    "h": "", "k": "c", "q": "k", "l": "ll", "n": "m", "m": "n", "u": "o", "o": "u",
}  # fmt: skip


def written(rng: Random, value: str, missing: float = MISSING, junk: float = JUNK) -> str | None:
    """A field as it arrives: mostly the value, sometimes nothing or junk.

    Args:
        rng: source of chance.
        value: what belongs there.
        missing: share of NULLs.
        junk: share of junk.

    Returns:
        The value, junk, or None.
    """
    chance = rng.random()
    if chance < missing:
        return None
    return rng.choice(NOTHING) if chance < missing + junk else value


def phone(rng: Random, digits: str) -> str:
    """A mobile number in one of the many ways people write it; `digits` are its nine."""
    a, b, c = digits[:3], digits[3:6], digits[6:]
    chance = rng.random()
    for share, text in (
        (0.40, digits),
        (0.58, f"+51{digits}"),
        (0.68, f"51{digits}"),
        (0.78, f"+51 {a} {b} {c}"),
        (0.86, f"{a} {b} {c}"),
        (0.92, f"{a}-{b}-{c}"),
        (0.95, f"0051{digits}"),
        (0.97, f"(+51) {a}-{b}{c}"),
        (0.98, f" {digits} "),
        (0.99, f"cel. {digits}"),
    ):
        if chance < share:
            return text
    return f"{digits} wsp"


def licence(rng: Random, letter_and_dni: str) -> str:
    """A driving licence: lower case, O for 0, spaces, dashes, or only the DNI in it."""
    chance = rng.random()
    if chance < 0.72:
        return letter_and_dni
    if chance < 0.82:
        return letter_and_dni.lower()
    if chance < 0.87:
        return letter_and_dni[0] + letter_and_dni[1:].replace("0", "O")
    if chance < 0.92:
        return f"{letter_and_dni[0]}-{letter_and_dni[1:]}"
    return letter_and_dni[1:] if chance < 0.97 else f" {letter_and_dni[0]} {letter_and_dni[1:]}"


def plate(rng: Random, canonical: str) -> str:
    """A number plate: ABC-123, ABC123, abc 123."""
    chance = rng.random()
    if chance < 0.5:
        return f"{canonical[:3]}-{canonical[3:]}"
    if chance < 0.9:
        return canonical
    return f"{canonical[:3]} {canonical[3:]}".lower()


def model(rng: Random, car: Car) -> str:
    """Brand and model in one field."""
    chance = rng.random()
    text = f"{car.brand} {car.model}"
    return text if chance < 0.7 else text.upper() if chance < 0.9 else car.model


def hand(rng: Random) -> Callable[[str], str]:
    """One person's way to write names: with or without accents, in capitals or not.

    Args:
        rng: source of chance.

    Returns:
        Writes a name or a part of one; now and then with a slip or a stray space.
    """
    chance = rng.random()
    with_accents = chance >= 0.55
    style: Callable[[str], str] = str.upper if chance < 0.40 or chance >= 0.90 else str
    if 0.50 <= chance < 0.56:
        style = str.lower

    def write(text: str) -> str:
        chance = rng.random()
        if chance < TYPO:
            text = slip(rng, text)
        elif chance < TYPO + 0.03:
            text = text.replace(" ", "  ", 1) if chance < TYPO + 0.015 else f"{text} "
        return style(text if with_accents else text.translate(_PLAIN))

    return write


def full_name(rng: Random, person: Person) -> str:
    """A person's name in one field; seldom complete, in either order."""
    given = person.given if rng.random() < 0.7 else person.given[:1]
    surnames = person.surnames if rng.random() < 0.88 else person.surnames[:1]
    parts = (*surnames, *given) if rng.random() < 0.35 else (*given, *surnames)
    return hand(rng)(" ".join(parts))


def slip(rng: Random, text: str) -> str:
    """One slip of the pen: two letters swapped, one lost, doubled, or one that sounds alike."""
    at = rng.randrange(1, len(text) - 1) if len(text) > 2 else 0
    letter, kind = text[at], rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 : at + 2] + letter + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + letter + text[at:]
    return text[:at] + _SOUNDS_ALIKE.get(letter, letter) + text[at + 1 :]
