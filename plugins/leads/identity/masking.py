"""Personal data as it is shown: enough to recognise what one knows, not enough to learn it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mask:
    """Shows personal data masked, or as it is.

    Attributes:
        reveal: whether to show it as it is.
    """

    reveal: bool = False

    def phone(self, phone: str | None) -> str | None:
        """A phone in E.164: `+51 *** *** 321`."""
        if phone is None or self.reveal:
            return phone
        country = "+51" if phone.startswith("+51") else "+**"
        return f"{country} *** *** {phone[-3:]}"

    def licence(self, licence: str | None) -> str | None:
        """A document or licence in comparable form: `*****678`."""
        if licence is None:
            return None
        plain = licence.removeprefix("X:")
        return plain if self.reveal else f"*****{plain[-3:]}"

    def plate(self, plate: str | None) -> str | None:
        """A number plate in comparable form: `****23`."""
        if plate is None or self.reveal:
            return plate
        return f"****{plate[-2:]}"

    def name(self, words: Sequence[str] | None) -> str | None:
        """A name, as its words: `M. Q. R.`."""
        if not words:
            return None
        return " ".join(words if self.reveal else (f"{word[0]}." for word in words))

    def words(self, text: str | None) -> str | None:
        """What somebody wrote: it may hold anything, so nothing of it is shown."""
        return text if not text or self.reveal else "***"
