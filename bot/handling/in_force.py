"""What is in force now, as people at the desk read it: the policy's files, the texts and the hours, each with its version.

They change in their files. What is told here is what this process was started with, not what a file holds since.
"""

from datetime import datetime
from typing import Any

from bot.cases.hours import Hours
from bot.cases.instants import instant
from bot.handling.shop import Shop

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Found = dict[str, Any]


def policy(shop: Shop) -> Found:
    """Its files, and each version that was decided under: when first and last, and how often."""
    with shop.begin(False) as uow:
        versions = uow.live.policy_versions()
    return {
        "version": shop.policy.version,
        "files": [{"name": name, "text": text} for name, text in shop.policy_texts.items()],
        "versions": [
            {
                **one,
                "first_at": instant(one["first_at"]),
                "last_at": instant(one["last_at"]),
                "in_force": one["version"] == shop.policy.version,
            }
            for one in versions
        ],
    }


def wording(shop: Shop) -> Found:
    """Every response with its variants, by name."""
    found = sorted(shop.wording.responses.items())
    return {
        "version": shop.wording.version,
        "responses": [{"name": name.removeprefix("utter_"), "texts": [*texts]} for name, texts in found],
    }


def hours(shop: Shop, now: datetime) -> Found:
    """When people are there, in the shop's own time; and when that is next."""
    found, policy = shop.policy.hours, shop.policy
    opens, closes = found.opening(now)
    return {
        "version": policy.version,
        "zone": found.zone.key,
        "open_now": found.is_open(now),
        "opens_at": instant(opens),
        "closes_at": instant(closes),
        "week": [{"day": day, "spans": _spans(found, number)} for number, day in enumerate(DAYS)],
        "holidays": sorted(one.isoformat() for one in found.holidays),
        "quiet": [one.strftime("%H:%M") for one in policy.quiet],
        "clocks": {
            "minutes": {str(name): dict(minutes) for name, minutes in policy.clocks.minutes.items()},
            "warn_before": {str(name): minutes for name, minutes in policy.clocks.warn_before.items()},
        },
        "assignment": {"mode": str(policy.assignment.mode), "offer_seconds": policy.assignment.offer_seconds},
        "owners": [{"team": name, "owner": policy.owners.get(key)} for key, name in policy.teams.items()],
    }


def _spans(found: Hours, weekday: int) -> list[list[str]]:
    return [[begins.strftime("%H:%M"), ends.strftime("%H:%M")] for begins, ends in found.weekly.get(weekday, ())]
