"""`amends vouchers`."""

import json

from bot import clock
from bot.commands.shop import ready_shop
from bot.commands.tables import moment
from bot.handling import vouchers
from bot.handling.vouchers import Shown


def show_one(code: str, as_json: bool) -> None:
    found = vouchers.look(ready_shop(), code)
    print(json.dumps(vouchers.voucher_json(found), ensure_ascii=False) if as_json else _line(found))


def redeem_one(code: str, order: str, agent: str) -> None:
    print(_line(vouchers.redeem(ready_shop(), code, order, agent, clock.now())))


def void_one(code: str, agent: str) -> None:
    print(_line(vouchers.void(ready_shop(), code, agent, clock.now())))


def _line(found: Shown) -> str:
    one = found.voucher
    used = f" for order {one.used_for}" if one.used_for else ""
    return f"{one.code}: {one.value}, {one.state}{used}, good until {moment(one.expires_at)}; of {found.remedy}, case {found.case}."
