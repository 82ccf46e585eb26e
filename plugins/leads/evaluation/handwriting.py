"""How people write fields down: formats, slips, shortened names, fields of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from leads.evaluation import names
from leads.evaluation.noise import Noise
from leads.evaluation.people import Car, Person
from leads.local.demo.typing_habits import slip

#: Numbers that many type to get past a form.
PLACEHOLDERS = ("999999999", "999999999", "987654321", "900000000", "912345678")
NOTHING = ("", "-", "S/N", "0", ".", "NO TIENE", "000000000", "912345", "XXX")
_PLAIN = str.maketrans("áéíóúÁÉÍÓÚñÑüÜ", "aeiouAEIOUnNuU")
_SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


class Pen:
    """Writes fields for one kind of table: leads in a hurry, accounts with more care."""

    def __init__(
        self, rng: Random, noise: Noise, *, care: float, prefix: str, offices: Sequence[str]
    ) -> None:
        """Take up the pen.

        Args:
            rng: source of chance.
            noise: how often what goes wrong.
            care: factor on the rates of slips and shortened names.
            prefix: what stands before the nine digits of a tidy phone.
            offices: phone numbers of offices, nine digits each.
        """
        self.rng = rng
        self.noise = noise
        self.care = care
        self.prefix = prefix
        self.offices = offices

    def phone(self, digits: str, missing: float) -> str | None:
        """A phone field; `digits` are the person's nine, `missing` is the share of NULLs."""
        rng, noise = self.rng, self.noise
        if rng.random() < missing:
            return None
        chance = rng.random()
        if chance < noise.junk:
            return rng.choice(NOTHING)
        if (chance := chance - noise.junk) < noise.placeholder_phone:
            digits = rng.choice(PLACEHOLDERS)
        elif chance < noise.placeholder_phone + noise.call_centre_phone:
            digits = rng.choice(self.offices)
        elif rng.random() < noise.typo_phone * self.care:
            digits = digits[0] + self._digit_slip(digits[1:], longer=True)
        if rng.random() >= noise.untidy:
            return self.prefix + digits
        a, b, c = digits[:3], digits[3:6], digits[6:]
        return rng.choice((
            f"+51{digits}", f"+51{digits}", digits, digits, f"51{digits}", f"51{digits}",
            f"0051{digits}", f"+51 {a} {b} {c}", f"{a} {b} {c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}",
            f"(+51) {a}-{b}{c}", f"(51) {digits}", f" {digits} ", f"cel. {digits}", f"{digits} wsp",
        ))  # fmt: skip

    def licence(self, canonical: str, missing: float) -> str | None:
        """A licence field: lower case, O for 0, dashes, spaces, or only the number."""
        rng, noise = self.rng, self.noise
        if rng.random() < missing:
            return None
        if rng.random() < noise.junk:
            return rng.choice(NOTHING)
        letter, number = canonical[:1], canonical[1:]
        if letter.isdigit():
            letter, number = "", canonical
        if rng.random() < noise.typo_licence * self.care:
            number = self._digit_slip(number)
        chance = rng.random() / noise.untidy if noise.untidy else 1.0
        if chance >= 1:
            return letter + number
        if chance < 0.30:
            return number
        if chance < 0.55:
            return (letter + number).lower()
        if chance < 0.70:
            return letter + number.replace("0", "O")
        if chance < 0.85:
            return f"{letter}-{number}" if letter else f"{number[:3]}-{number[3:]}"
        return f" {letter} {number}" if chance < 0.95 else f"{letter.lower()}{number} "

    def plate(self, canonical: str, missing: float) -> str | None:
        """A number plate: ABC123, ABC-123, abc 123."""
        rng, noise = self.rng, self.noise
        if rng.random() < missing:
            return None
        if rng.random() < noise.junk:
            return rng.choice(NOTHING)
        if rng.random() < noise.typo_plate * self.care:
            at = rng.randrange(6)
            canonical = canonical[:at] + rng.choice(_SIGNS) + canonical[at + 1 :]
        if rng.random() >= noise.untidy:
            return canonical
        front, back = canonical[:3], canonical[3:]
        dashed = f"{front}-{back}"
        return rng.choice((dashed, dashed, dashed.lower(), f"{front} {back}", canonical.lower()))

    def model(self, car: Car, missing: float) -> str | None:
        """Brand and model in one field."""
        rng, noise = self.rng, self.noise
        if rng.random() < missing:
            return None
        kind = names.car_type(rng) if rng.random() < noise.wrong_model else car.kind
        brand, model, _ = names.CARS[kind]
        text = model if rng.random() < noise.model_only else f"{brand} {model}"
        return text.upper() if rng.random() < noise.untidy / 2 else text

    def name(self, person: Person) -> tuple[list[str], list[str]]:
        """Given names and surnames as written this time, in one style, perhaps shortened."""
        rng, noise, care = self.rng, self.noise, self.care
        given, surnames = list(person.given), list(person.surnames)
        if len(given) > 1:
            chance = rng.random()
            if chance < noise.drops_given * care:
                del given[1]
            elif chance < (noise.drops_given + noise.initials) * care:
                given[1] = given[1][0] + rng.choice((".", ""))
        if len(surnames) > 1 and rng.random() < noise.drops_surname * care:
            del surnames[1]
        chance = rng.random()
        upper, accents = chance < 0.45 or chance >= 0.9, chance >= 0.6
        slips = noise.typo_name * care

        def written(word: str) -> str:
            if rng.random() < slips and len(word) > 2:
                word = slip(rng, word)
            if not accents:
                word = word.translate(_PLAIN)
            return word.upper() if upper else word

        return [written(word) for word in given], [written(word) for word in surnames]

    def _digit_slip(self, digits: str, *, longer: bool = False) -> str:
        """One slip: a wrong digit in half of the cases, else two swapped, one lost, one more."""
        rng = self.rng
        at = rng.randrange(len(digits) - 1)
        kind = rng.randrange(7 if longer else 6)
        if kind < 3:
            wrong = (int(digits[at]) + rng.randint(1, 9)) % 10
            return f"{digits[:at]}{wrong}{digits[at + 1 :]}"
        if kind < 5:
            return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        return (
            digits[:at] + digits[at + 1 :] if kind == 5 else digits[:at] + digits[at] + digits[at:]
        )
