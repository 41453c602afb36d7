"""What tells who somebody is, taken out of other people's words."""

import pytest

from bot.cases.erasing import Person, names, without

MAY = Person("c-1", names=("May Day-Lewis",), emails=("may@example.com",), phones=("+1 602 555 0188",), postcodes=("85001",))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("May Day-Lewis got the old box", "[erased] got the old box"),
        ("MAY DAY-LEWIS (may@EXAMPLE.com) rang", "[erased] ([erased]) rang"),
        ("The box may break on any day; May said so", "The box may break on any day; [erased] said so"),
        ("Sent to 85001, not to 850011; ask +1 602 555 0188.", "Sent to [erased], not to 850011; ask [erased]."),
        ("Mayfair is a street", "Mayfair is a street"),
    ],
)
def test_person_goes_and_other_words_stay(said: str, left: str) -> None:
    assert without(said, MAY.marks) == left


def test_tag_is_a_name_only_where_one_of_its_words_is() -> None:
    found = [tag for tag in ("may", "for-may", "mayfair", "broken-lamp", "day") if names(tag, MAY.marks)]
    assert found == ["may", "for-may"]
