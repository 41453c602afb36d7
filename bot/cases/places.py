"""The clock at a delivery address, as far as its state or country tells it: for quiet hours, where nothing better is known."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.cases.dates import zone_of

# Where a state or country has several zones, the one in which most of its people live.
_STATES = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Toronto": "ON QC",
    "America/Vancouver": "BC",
    "America/Edmonton": "AB",
    "America/Winnipeg": "MB",
    "America/Halifax": "NS NB PE",
}
_COUNTRIES = {
    "Europe/London": "GB UK",
    "Europe/Dublin": "IE",
    "Europe/Lisbon": "PT",
    "Europe/Paris": "FR",
    "Europe/Berlin": "DE",
    "Europe/Madrid": "ES",
    "Europe/Rome": "IT",
    "Europe/Amsterdam": "NL",
    "Europe/Brussels": "BE",
    "Europe/Vienna": "AT",
    "Europe/Zurich": "CH",
    "Europe/Stockholm": "SE",
    "Europe/Copenhagen": "DK",
    "Europe/Oslo": "NO",
    "Europe/Helsinki": "FI",
    "Europe/Warsaw": "PL",
    "Australia/Sydney": "AU",
    "Pacific/Auckland": "NZ",
    "Asia/Tokyo": "JP",
    "Asia/Singapore": "SG",
}
_NAMES = {"UNITED STATES": "US", "USA": "US", "CANADA": "CA", "UNITED KINGDOM": "GB", "IRELAND": "IE", "GERMANY": "DE", "FRANCE": "FR"}
BY_STATE = {state: zone for zone, states in _STATES.items() for state in states.split()}
BY_COUNTRY = {country: zone for zone, countries in _COUNTRIES.items() for country in countries.split()}


def zone_of_address(ship_to: Mapping[str, str], shop: ZoneInfo) -> ZoneInfo:
    """The zone of a delivery address; the shop's where it does not tell."""
    said = ship_to.get("country", "").strip().upper()
    country = _NAMES.get(said, said)
    if country in ("", "US", "CA"):
        found = BY_STATE.get(ship_to.get("state", "").strip().upper())
        return zone_of(found, shop)
    return zone_of(BY_COUNTRY.get(country), shop)
