"""How long to wait before what failed is tried again."""

import random
from datetime import timedelta

LONGEST_PAUSE = timedelta(hours=1)


def growing(tries: int, first: timedelta) -> timedelta:
    """After so many tries that failed: doubled each time up to an hour, and never quite the same, so that tries do not come in waves."""
    doubled: int = 2 ** min(tries - 1, 20)
    return min(LONGEST_PAUSE, first * doubled) * random.uniform(0.8, 1.2)
