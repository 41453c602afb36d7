"""References: read aloud without mistakes."""

import re

from bot.cases.reference import ALPHABET, new_reference


def test_reference_has_no_vowels_and_no_signs_that_look_alike() -> None:
    assert not set(ALPHABET) & set("AEIOUYL01")
    many = {new_reference("A") for _ in range(500)}
    assert len(many) == 500
    assert all(re.fullmatch(rf"A-[{ALPHABET}]{{6}}", one) for one in many)
