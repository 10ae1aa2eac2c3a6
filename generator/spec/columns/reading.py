"""The keys that say how people read the numbers of a column: `title`, `format`, `unit`; and which units there are.

They change no number: what is counted, ranked and answered by the API stays as it is.
"""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from generator.spec.base import computed
from generator.spec.values_text import CHECK_VISIBLE, SHOW_VISIBLE
from runtime.config import ColumnFormat
from runtime.domain.texts.numbers import DISTANCES, DURATIONS

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD
TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = tuple(_CODES.split())
"""Codes of the currencies that people pay with (ISO 4217, table A.1, as published on 2026-01-01): without those of
funds, metals, units of account and tests. A new one is added here."""

UNITS: dict[ColumnFormat, tuple[str, ...]] = {
    "duration": tuple(DURATIONS),
    "distance": DISTANCES,
    "currency": CURRENCIES,
    "percent": (),
    "ordinal": (),
}
"""The units that each format takes; a number takes any text."""

DEFAULT_UNITS: dict[ColumnFormat, str] = {"duration": "s", "distance": "m"}
"""The unit where none is given; a currency must have one."""

Title = Annotated[str, StringConstraints(max_length=64), CHECK_VISIBLE, SHOW_VISIBLE]
Unit = Annotated[str, StringConstraints(max_length=12), CHECK_VISIBLE, SHOW_VISIBLE]


def format_field(what: str) -> Any:
    """Make the field of a key `format`. The API keeps the exact numbers. `what` it says, without its point."""
    return Field(
        default="number",
        description=f"{what}; the API keeps exact numbers. `duration`: `1:32.417`. `percent`: 12.5 is `12.5%`. "
        "`distance`: `5.20 km`. `currency`: `€5.00`. `ordinal`: `1st`.",
    )


def unit_field() -> Any:
    """Make the field of a key `unit`."""
    return Field(
        default=None,
        description="The unit of the numbers. Of a `number` any short text, shown behind it: `99.40 kg`. Of a "
        "`duration` `ms`, `s`, `min` or `h`, of a `distance` `mm`, `cm`, `m`, `km`, `in`, `ft` or `mi`, of a "
        "`currency` its code in ISO 4217, such as `EUR`. Percents and ordinals have none.",
        examples=["kg"],
        json_schema_extra=computed("`s` for a `duration`, `m` for a `distance`, else none"),
    )


def make_title(column: str) -> str:
    """Make a column's title out of its name: "time_ms" is "Time ms"."""
    return column.replace("_", " ").strip().capitalize() or column


def decide_unit(form: ColumnFormat, written: str | None) -> str:
    """Decide the unit of a column's numbers; empty where they have none."""
    return written or DEFAULT_UNITS.get(form, "")
