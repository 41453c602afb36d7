"""Names of people and of systems, as they are typed and as they are kept."""

LONGEST_NAME = 80  # characters


def tidy_name(typed: str) -> str:
    """Without white space around it, and with one space between its words."""
    return " ".join(typed.split())


def is_name(tidy: str) -> bool:
    """Whether it can be kept: there is something to read, and not too much of it."""
    return 1 <= len(tidy) <= LONGEST_NAME and tidy.isprintable()
