"""Every place for a text in leaderboards.yaml, found by walking the models, and texts that mean harm to put there.

Two valid samples together have every key that the models allow. A key that is added to the models and stands in no
sample is found too, and a test fails until a sample gives it a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from generator.pipeline import MAIN
from generator.spec.board import BoardSpec
from generator.spec.project import Project, TeamFile
from generator.spec.scoring import RuleSpec
from generator.spec.values import RULE_KEYS
from tests.hostile.feeds import ID, feed
from tests.support.pictures import SVG

File = dict[str, Any]
"""The content of a file as dicts, lists and scalars."""

TEAM_FILE = "zqfolder/zqfile.yaml"
LOGO_FILE = "zqfolder/zqlogo.svg"

_PUBLIC: File = {
    "version": 1,
    "project": "zqproject",
    "region": "sa-east-1",
    "include": ["zqfolder/*.yaml"],
    "index": {"origin": "https://zqindex.example.com", "title": "zqlisted"},
    "teams": {
        "zqteam": {
            "owner": "zqowner@example.com",
            "notify": ["https://zqnotify.example.com/", "mailto:zqnotify@example.com"],
            "page": ["https://zqpage.example.com/", "mailto:zqpage@example.com"],
            "tags": {"zqkey": "zqvalue"},
            "code_owners": ["@zqhandle"],
            "limits": {"fastest_rebuild": "rate(3 minutes)"},
        }
    },
    "requires": ">=0.1,<7",
    "enforce": {
        "fastest_rebuild": "rate(4 minutes)",
        "api": {"access": "public", "web_acl_arn": f"arn:aws:wafv2:us-east-1:111111111111:global/webacl/zqacl/{ID}2"},
        "tags": {"zqmark": "zqstamp"},
    },
    "code_owners": ["@zqplatform"],
    "feeds": [feed("zqstream", "zqdeed", 6)],
    "defaults": {"top": 50},
}
_TEAM_FILE: File = {
    "team": "zqteam",
    "feeds": [feed("zqriver", "zqfeat", 8)],
    "boards": [
        {
            "name": "zqboard",
            "team": "zqteam",
            "title": "zqtitle",
            "scoring": {
                "aggregate": "sum",
                "order": "descending",
                "title": "zqscore",
                "format": "number",
                "unit": "zqunit",
                "rules": [
                    {
                        "activity": "zqactivity",
                        "per": {"field": "zqfield", "points": 2},
                        "when": {"zqwhen": ["zqequals"]},
                    }
                ],
                "ignore": ["zqignored"],
                "attach": ["zqkept", {"field": "zqshown", "title": "zqclick", "link": True}],
                "ties": "first",
            },
            "window": [
                {"every": "all_time"},
                {"every": "hour", "grace": "1m", "lasts": "31m"},
                {"every": "day", "at": "21:41", "timezone": "Asia/Tokyo", "grace": "2m", "lasts": "5h"},
                {
                    "every": "week",
                    "starts": "friday",
                    "at": "21:42",
                    "timezone": "Asia/Seoul",
                    "grace": "3m",
                    "lasts": "2d7h",
                },
                {"every": "month", "at": "21:43", "timezone": "Asia/Dubai", "grace": "4m", "lasts": "9d"},
                {
                    "every": "season",
                    "seasons": [{"name": "zqseason", "starts": "2026-03-01", "ends": "2026-06-01"}],
                    "at": "21:44",
                    "timezone": "Asia/Kabul",
                    "grace": "6m",
                },
                {"every": "rolling", "days": 7, "at": "21:45", "timezone": "Asia/Baku"},
            ],
            "segments": [{"name": "zqsegment", "field": "zqplace", "title": "zqnation", "values": ["zqland"]}],
            "rebuild": "rate(7 minutes)",
            "dashboard": {
                "game": "zqgame",
                "logo": "zqlogo.svg",
                "embed_in": ["https://zqframe.example.com"],
                "theme": {"accent": "#abc123"},
            },
            "api": {
                "access": "public",
                "domain": "zqdomain.example.com",
                "certificate_arn": f"arn:aws:acm:us-east-1:111111111111:certificate/{ID}1",
                "cors_origins": ["https://zqorigin.example.com"],
                "web_acl_arn": f"arn:aws:wafv2:us-east-1:111111111111:global/webacl/zqacl/{ID}2",
            },
            "simulator": True,
        }
    ],
}
_SIGNED: File = {
    "version": 1,
    "project": "zqproject",
    "region": "sa-east-1",
    "environments": {
        "zqenv": {
            "account_id": "123123123123",
            "region": "me-south-1",
            "backend": {
                "s3": {
                    "bucket": "zqbucket",
                    "region": "ap-northeast-3",
                    "kms_key_id": f"arn:aws:kms:ap-northeast-3:111111111111:key/{ID}3",
                }
            },
            "index": {"origin": "https://zqenvindex.example.com", "title": "zqenvlisted"},
            "defaults": {"top": 40},
            "boards": {"zqboard": {"top": 30}},
            "enforce": {
                "fastest_rebuild": "rate(6 minutes)",
                "api": {
                    "access": "iam",
                    "web_acl_arn": f"arn:aws:wafv2:us-east-1:111111111111:global/webacl/zqwall/{ID}2",
                },
                "tags": {"zqcommon": "zqprint"},
            },
        }
    },
    "teams": {"zqteam": {"owner": "zqowner@example.com"}},
    "feeds": [{"name": "zqbrook", "team": "zqteam", "types": ["zqactivity"]}],
    "boards": [
        {
            "name": "zqboard",
            "team": "zqteam",
            "feed": "zqbrook",
            "title": "zqtitle",
            "scoring": {
                "rank_by": [
                    {"name": "zqcolumn", "order": "descending", "aggregate": "last", "title": "zqheading"},
                    {"name": "time_ms", "order": "ascending", "format": "number", "unit": "zqmeasure"},
                ],
                "rules": [{"activity": "zqactivity", "zqcolumn": {"field": "zqfrom"}, "time_ms": 3}],
            },
            "window": {"every": "all_time"},
            "api": {
                "access": "iam",
                "principals": ["arn:aws:iam::111111111111:role/zqprincipal"],
                "max_concurrency": "unreserved",
            },
            "kms_key_arn": f"arn:aws:kms:me-south-1:123123123123:key/{ID}4",
            "kms_previous_keys": [f"arn:aws:kms:me-south-1:123123123123:key/{ID}5"],
        }
    ],
}
SAMPLES: tuple[dict[str, File], ...] = ({MAIN: _PUBLIC, TEAM_FILE: _TEAM_FILE}, {MAIN: _SIGNED})


@dataclass(frozen=True)
class Place:
    """A place in a file where text may stand."""

    path: str
    """Its path in the models, with `*` for any item and `key` for any key: boards.*.scoring.rules.*.when.key."""
    word: str | None
    """The text that stands there in a sample; None where no sample has the place."""
    sample: int = 0
    """The index of its sample in SAMPLES."""


def places() -> tuple[Place, ...]:
    """Every place of the models, once for each of its words."""
    mains = [(index, files[MAIN]) for index, files in enumerate(SAMPLES)]
    others = [(index, files[TEAM_FILE]) for index, files in enumerate(SAMPLES) if TEAM_FILE in files]
    boards = [(index, board) for index, file in (*mains, *others) for board in file.get("boards", ())]
    found = (
        *_walk(Project, mains, "Project"),
        *_walk(TeamFile, others, "TeamFile"),
        *_walk(BoardSpec, boards, "BoardSpec"),
    )
    return tuple({(place.path, place.word): place for place in found}.values())


def with_text(place: Place, text: str) -> dict[str, bytes]:
    """The place's sample as files, with a text in place of the word, here and wherever else the word stands."""
    word, new = _to_yaml(place.word), _to_yaml(text)
    return {file: data.replace(word, new) for file, data in _sample(place.sample).items()}


@cache
def _sample(number: int) -> dict[str, bytes]:
    files = {file: _to_yaml(content) for file, content in SAMPLES[number].items()}
    return {**files, LOGO_FILE: SVG} if TEAM_FILE in files else files


def _to_yaml(value: Any) -> bytes:
    """A value as YAML, ASCII only, every text in quotes."""

    def joined(match: re.Match[str]) -> str:
        character: str = json.loads(f'"{match[0]}"')
        return f"\\U{ord(character):08x}"

    # JSON escapes a character beyond 16 bits as a surrogate pair, which YAML would read as two characters.
    return re.sub(r"\\ud[89ab]..\\ud[c-f]..", joined, json.dumps(value, indent=1)).encode()


_Values = list[tuple[int, Any]]
"""What stands at a place of the models: which sample, and the value."""


def _walk(annotation: Any, values: _Values, path: str) -> Iterator[Place]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _walk(arguments[0], values, path)
    elif origin in (Union, UnionType):
        for option in arguments:
            yield from _walk(option, _of_kind(option, values), f"{path}{_kind(option)}")
    elif annotation is RuleSpec:
        yield from _fields(RuleSpec, [(index, _rule(value)) for index, value in values], path)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _fields(annotation, values, path)
    elif origin is list:
        yield from _walk(arguments[0], [(i, item) for i, value in values for item in _items(value)], f"{path}.*")
    elif origin is dict:
        yield from _walk(arguments[0], [(i, key) for i, value in values for key in value], f"{path}.key")
        yield from _walk(arguments[1], [(i, item) for i, value in values for item in value.values()], f"{path}.*")
    elif annotation is str or (origin is Literal and isinstance(arguments[0], str)):
        words = [Place(path, word, index) for index, word in values if isinstance(word, str)]
        # Of keys, and of the words of a Literal, one stands for all.
        yield from (
            words if words and annotation is str and not path.endswith("key") else words[:1] or [Place(path, None)]
        )
    else:
        # Any is a raw board, which is walked as BoardSpec. A new kind of value would need a decision here.
        assert annotation in (Any, NoneType, bool, int) or annotation.__name__ == "Decimal" or origin is Literal, path


def _fields(model: type[BaseModel], values: _Values, path: str) -> Iterator[Place]:
    for name, field in model.model_fields.items():
        below = [(index, value[name]) for index, value in values if isinstance(value, dict) and name in value]
        yield from _walk(field.annotation, below, f"{path}.{name}")


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _rule(value: Any) -> Any:
    """A rule in the form of its model, which has the columns in a dict of their own."""
    own = {key: child for key, child in value.items() if key in RULE_KEYS}
    return {**own, "columns": {key: child for key, child in value.items() if key not in RULE_KEYS}}


def _kind(option: Any) -> str:
    return f"[{option.__name__}]" if isinstance(option, type) and issubclass(option, BaseModel) else ""


def _of_kind(option: Any, values: _Values) -> _Values:
    """The values that belong to one option of a union. For windows, `every` says which option that is."""
    every = option.model_fields.get("every") if _kind(option) else None
    if every is None:
        return values
    return [(index, value) for index, value in values if value["every"] in get_args(every.annotation)]
