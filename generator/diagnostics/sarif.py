"""Writes diagnostics as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for code scanners."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from generator import __version__
from generator.diagnostics.diagnostic import Diagnostic, keep_first
from generator.diagnostics.reports import MOST
from generator.diagnostics.wording import escape_invisible

RULES = {
    "access": "A key needs a page or a distribution, which a board with `access: iam` does not have.",
    "account": "A certificate, a web ACL or a key is in another account than its board.",
    "address": "An e-mail address is too long.",
    "aggregate": "A column of a run has an aggregate of its own.",
    "alias": "Anchors and aliases are not read.",
    "average": "The average of activities a second is over their peak.",
    "bound": "Points have more digits than a score has room for.",
    "bucket": "S3 lets no bucket have this name.",
    "character": "An invisible character stands in the file.",
    "choice": "A value is not one of the choices.",
    "collision": "Two boards or feeds would have the same names in AWS.",
    "column": "A rule gives a column neither a number nor a field.",
    "columns": "A rule does not give every column once.",
    "concurrency": "A number of requests at once is no whole number, or more than AWS takes.",
    "cors-origins": "More sites may read the board than AWS takes.",
    "count": "A board that counts has one column, and nothing gives points to what counts.",
    "date": "A date does not exist.",
    "decimals": "Points have more digits after the point than a score.",
    "directive": "YAML directives are not read.",
    "documents": "A file holds more than one YAML document.",
    "domain": "A domain and its certificate go together, and lead to one board.",
    "duplicate-board": "Two boards have the same name.",
    "duplicate-column": "Two columns have the same name.",
    "duplicate-feed": "Two feeds have the same name.",
    "duplicate-field": "A field is attached twice.",
    "duplicate-key": "A key stands twice in a mapping.",
    "duplicate-segment": "Two segments have the same name.",
    "duration": "A value is not a duration.",
    "empty": "A file or a value is empty.",
    "enforced": "A board or a team says otherwise than what is enforced.",
    "file": "A file cannot be read.",
    "filter-length": "The types make a filter longer than AWS takes: of a pipe, or of a rule on a feed.",
    "grace": "A window's grace is longer than a day.",
    "ignored": "A type is ignored and has a rule, or would never reach the board.",
    "include": "A pattern of `include` matches no file, or leaves the folder.",
    "key": "A key is not text, or not spelt as its kind of name must be.",
    "kms-key": "A KMS key is in another region than its board, or than the bucket of the state.",
    "leading-zero": "A number begins with 0.",
    "length": "A text or a list is too long or too short.",
    "limits": "Limits contradict each other or the rules, or limit nothing.",
    "logo": "A logo is no picture of the project.",
    "merge-key": "YAML merge keys are not read.",
    "milestones": "A milestone cannot be reached.",
    "missing": "A key is missing.",
    "name-length": "A name is too long for AWS once it has its prefix.",
    "no-points": "A rule gives no points.",
    "number": "A number is not finite, or has more digits than any score.",
    "order": "`order` stands beside `rank_by`.",
    "ordinal": "The numbers of places have digits after the point.",
    "path": "A path leads out of the project, or has no forward slashes.",
    "pattern": "A text is not spelt as its kind of value must be.",
    "peak": "More activities a second than AWS processes at once.",
    "players": "More players than one rebuild gets through.",
    "port": "A port does not exist, or stands where no browser writes it.",
    "principals": "`access` and `principals` contradict each other.",
    "quota": "The boards need more of a resource than AWS's default quota.",
    "range": "A number is too small or too large.",
    "reading": "A `title`, a `format` or a `unit` stands beside `rank_by`.",
    "rebuild-gap": "A schedule starts a rebuild while another is at work, or after more changes than one follows.",
    "region": "A region lacks a service that a board uses, or is unknown.",
    "requires": "The project is for another version of this program, or its bounds are none.",
    "reserved": "A name is taken by the product itself.",
    "reserved-name": "A name would begin with a prefix that AWS reserves.",
    "room": "The ranks of so many players have no room on a function's disk.",
    "scalar": "A mapping or a list stands where one value belongs.",
    "schedule": "A schedule that EventBridge refuses, or that rebuilds too seldom.",
    "schedule-end": "A schedule ends with a year, and ranks are not rebuilt after it.",
    "seasons": "Seasons overlap, share a name or end before they start.",
    "second-rule": "With `rank_by` a type has one rule.",
    "segment-field": "A segment does not say which field of the game's own it reads.",
    "segment-value": "A text can be no value of a segment.",
    "size": "A file is too large or too deep.",
    "snapshot-age": "An alarm would fire between any two rebuilds.",
    "summer-time": "A zone has no summer time, unlike places whose standard time is called the same.",
    "syntax": "The file is not YAML.",
    "tag": "A tag clashes with another, or with those that are set anyway.",
    "team": "A board stands in the file of another team.",
    "team-file": "Two files claim the same team.",
    "team-limit": "A team has more than it may.",
    "timezone": "A value is not an IANA time zone.",
    "twice": "A text stands twice in a list.",
    "type": "A value has the wrong type.",
    "unit": "A column's unit is not one that its format takes.",
    "unknown-board": "An environment changes a board that does not exist.",
    "unknown-feed": "A board's feed does not exist.",
    "unknown-key": "A key is unknown where it stands.",
    "unknown-team": "The team of a board or a feed does not exist.",
    "unknown-type": "A board counts a type that its feed does not have.",
    "unused-feed": "No board counts a feed.",
    "utf-8": "The file is not UTF-8.",
    "visible": "A text has characters that cannot be seen.",
    "windows": "A board has two windows of a kind.",
    "yaml-tag": "YAML tags are not read.",
}
"""Every code that a diagnostic may have, with the rule that was broken."""


def as_sarif(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """Write diagnostics as a log for a code scanner."""
    kept = keep_first(diagnostics, MOST["sarif"])
    return make_log([make_diagnostic_result(each) for each in kept], RULES, len(diagnostics) - len(kept))


def make_log(results: Sequence[dict[str, Any]], meanings: Mapping[str, str], left_out: int) -> dict[str, Any]:
    """Make a log with one run. `meanings`: a sentence for each rule. `left_out`: the number of results left out."""
    rules = sorted({each["ruleId"] for each in results})
    driver = {
        "name": "leaderboards",
        "semanticVersion": __version__,
        "rules": [{"id": rule, "shortDescription": {"text": meanings[rule]}} for rule in rules],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",  # columns count characters, not UTF-16 units
        "results": [each | {"ruleIndex": rules.index(each["ruleId"])} for each in results],
    }
    if left_out:
        run["properties"] = {"leftOut": left_out}
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def make_diagnostic_result(diagnostic: Diagnostic) -> dict[str, Any]:
    """Write a diagnostic as a result, whose `ruleId` is the diagnostic's code."""
    path = escape_invisible(diagnostic.path)
    message = escape_invisible(f"{path}: {diagnostic.sentences}" if path else diagnostic.sentences)
    # GitHub shows no result without a line, so a diagnostic of a whole file is put on its first line.
    place = make_location(diagnostic.file, diagnostic.line or 1, diagnostic.column or 1)
    if path:
        place["logicalLocations"] = [{"fullyQualifiedName": path}]
    return make_result(diagnostic.code, diagnostic.severity, message, place)


def make_result(rule: str, level: str, message: str, place: dict[str, Any]) -> dict[str, Any]:
    """Make a result at a place, which `make_location` made."""
    return {"ruleId": rule, "level": level, "message": {"text": escape_text(message)}, "locations": [place]}


def make_location(file: str, line: int, column: int = 0) -> dict[str, Any]:
    """Make a place in a file; column 0 stands for the whole line. An absolute path becomes a file: URI."""
    encoded = quote(file, safe="/", errors="surrogateescape")
    uri = f"file://{encoded}" if file.startswith("/") else encoded
    region = {"startLine": line} | ({"startColumn": column} if column else {})
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


def escape_text(text: str) -> str:
    """Escape text so that a viewer finds no link and no placeholder in it (SARIF, sections 3.11.5 and 3.11.6)."""
    return re.sub(r"\{([0-9]+)\}", r"{{\1}}", text.replace("](", "] ("))
