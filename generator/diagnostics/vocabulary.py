"""Words that people bring from elsewhere, and ours for them: keys, choices, and advice where one word does not do.

Other leaderboard services and schedulers call the same things otherwise: PlayFab, Unity, Nakama, Steam, Google Play,
cron. A word is looked up with `spell`, so that `sortOrder`, `sort-order` and `Sort order` are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KEYS: Mapping[str, tuple[str, ...]] = {
    "timezone": ("tz", "zone", "time_zone", "timezone_id", "tzinfo", "locale"),
    "every": ("period", "interval", "frequency", "type", "kind", "reset", "cycle", "duration", "recurrence", "each"),
    "starts": (
        "start",
        "starts_on",
        "start_day",
        "begins",
        "weekday",
        "on",
        "day",
        "reset_day",
        "week_start",
        "first_day",
        "day_of_week",
    ),
    "ends": ("end", "end_date", "ends_at", "until", "finish"),
    "at": ("time", "hour", "reset_at", "reset_time", "time_of_day"),
    "keep": ("retention", "history", "archive", "keep_last", "versions", "previous"),
    "grace": ("late", "delay", "grace_period", "lateness"),
    "days": ("length", "last"),
    "lasts": ("duration", "length", "for", "last", "open_for", "lasting"),
    "aggregate": (
        *("aggregation", "aggregation_method", "agg", "operator", "method", "mode", "update_type", "upload_method"),
        *("score_type", "strategy", "function", "type", "combine", "reduce"),
    ),
    "order": ("sort", "sort_order", "sort_method", "sorting", "sort_by", "ordering", "direction", "ranking"),
    "format": ("display_type", "score_format", "number_format", "display_as", "show_as", "value_type"),
    "unit": ("units", "suffix", "uom", "measure", "currency", "symbol"),
    "decimals": ("precision", "round", "rounding", "decimal_places", "digits"),
    "rank_by": ("columns", "order_by", "sort_keys"),
    "ties": ("tie", "tie_mode", "tie_rule", "equal_scores", "rank_mode"),
    "activity": ("event", "type", "event_type", "action", "stat", "statistic", "metric", "name", "id"),
    "points": ("score", "value", "weight", "amount", "add", "increment", "reward", "multiplier", "factor"),
    "when": ("if", "where", "condition", "conditions", "filter", "match", "only_if"),
    "per": ("multiply", "multiplier", "by", "per_unit", "scale"),
    "field": ("property", "attribute", "from", "key", "stat", "metric"),
    "activities_per_minute": ("rate_limit", "per_minute", "max_per_minute", "rate", "rpm", "throttle"),
    "rules": ("events", "activities", "stats", "metrics", "actions"),
    "ignore": ("exclude", "ignored", "skip", "excluded"),
    "title": ("display_name", "label", "caption", "heading", "display"),
    "name": ("id", "key", "slug", "board", "leaderboard_id", "board_name"),
    "team": ("squad", "group"),
    "window": ("period", "season", "resets"),
    "rebuild": ("refresh", "update", "update_rate", "rank_interval", "recompute", "refresh_rate"),
    "top": ("limit", "size", "top_n", "max_entries", "entries", "max_players"),
    "milestones": ("thresholds", "achievements", "goals"),
    "protect": ("deletion_protection", "protected", "prevent_destroy", "delete_protection"),
    "owner": ("email", "mail", "contact", "on_call", "oncall", "address", "lead"),
    "cors_origins": ("cors", "allowed_origins", "origins"),
    "region": ("aws_region", "location", "default_region"),
    "project": ("name", "app", "application", "prefix", "namespace", "game", "title_id"),
    "boards": ("leaderboards", "leaderboard", "board"),
    "teams": ("owners", "groups"),
    "include": ("imports", "import", "includes", "files"),
    "environments": ("envs", "env", "stages", "accounts", "environment"),
    "account_id": ("account", "aws_account", "aws_account_id"),
    "origin": ("url", "site", "address", "domain", "host"),
    "embed_in": ("embed", "embeddable", "iframe", "frame_ancestors", "frames", "parents", "embed_origins"),
    "logo": ("icon", "image", "picture", "emblem", "brand", "logo_url"),
    "accent": ("color", "colour", "primary", "theme_color"),
    "players": ("users", "max_players", "population"),
    "reads_per_second": ("rps", "requests_per_second", "reads", "qps"),
    "average": ("avg", "mean", "usual"),
    "peak": ("max", "maximum", "burst"),
    "min": ("minimum", "least", "lowest", "at_least"),
    "max": ("maximum", "most", "highest", "at_most"),
}
"""Other words for our keys. Which key is meant follows from where the word stands: of several, the first that may stand
there and does not yet."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "sum": ("total", "add", "cumulative", "incr", "increment", "accumulate", "aggregate", "additive"),
    "count": ("number", "counter", "occurrences"),
    "average": ("mean", "avg"),
    "best": (
        *("max", "min", "maximum", "minimum", "highest", "lowest", "fastest", "longest", "shortest", "top", "record"),
        *("keep_best", "keepbest", "high_score", "highscore", "personal_best"),
    ),
    "last": (
        *("latest", "newest", "most_recent", "current", "set", "replace", "overwrite", "force_update", "keep_latest"),
        *("keeplatest", "decr"),
    ),
    "ascending": (
        *("asc", "lowest_first", "up", "low", "lowest", "min", "low_to_high", "smaller_is_better", "lower_is_better"),
        *("smallest", "smallest_first", "fastest", "increasing"),
    ),
    "descending": (
        *("desc", "highest_first", "down", "high", "highest", "max", "high_to_low", "larger_is_better"),
        *("higher_is_better", "largest", "largest_first", "most", "decreasing"),
    ),
    "number": ("numeric", "integer", "int", "decimal", "float", "points", "plain"),
    "duration": (
        *("time", "timer", "stopwatch", "clock", "lap_time", "time_span", "milliseconds", "seconds", "ms"),
        *("time_seconds", "time_milliseconds"),
    ),
    "percent": ("percentage", "pct", "ratio"),
    "distance": ("length", "metres", "meters", "km"),
    "currency": ("money", "price", "cash"),
    "ordinal": ("rank", "place", "position"),
    "ms": ("millis", "msec", "msecs", "millisecond", "milliseconds"),
    "s": ("sec", "secs", "second", "seconds"),
    "min": ("m", "mins", "minute", "minutes"),
    "h": ("hr", "hrs", "hour", "hours"),
    "mm": ("millimetre", "millimetres", "millimeter", "millimeters"),
    "cm": ("centimetre", "centimetres", "centimeter", "centimeters"),
    "m": ("metre", "metres", "meter", "meters", "mtr"),
    "km": ("kilometre", "kilometres", "kilometer", "kilometers", "kms"),
    "in": ("inch", "inches"),
    "ft": ("foot", "feet"),
    "mi": ("mile", "miles"),
    "shared": ("equal", "standard", "same", "competition", "joint"),
    "first": ("unique", "none", "earliest", "first_come", "oldest", "timestamp"),
    "iam": ("private", "sigv4", "internal", "restricted"),
    "public": ("open", "anonymous", "everyone", "all"),
    "hour": ("hourly", "1h", "60m"),
    "day": ("daily", "1d", "24h", "today"),
    "week": ("weekly", "7d", "1w"),
    "month": ("monthly", "1mo", "30d"),
    "season": ("seasonal", "seasons"),
    "rolling": ("sliding", "last_days", "trailing"),
    "all_time": ("ever", "forever", "never", "lifetime", "permanent", "none", "alltime", "infinite"),
}
"""Other words for the choices of several keys. Which is meant follows from what may be chosen."""

KEY_ADVICE: Mapping[str, str] = {
    word: advice
    for words, advice in {
        ("tie_breaker", "tiebreaker", "tie_break", "tiebreak", "tie_breakers", "tiebreakers"): (
            "Name a column for it under `scoring`: `rank_by: [{name: score}, {name: biggest, aggregate: best}]`; "
            "each rule then gives both. Without one, who got there first is ahead: `ties: first`."
        ),
        ("events", "event_bus", "eventbridge", "webhook", "webhooks", "on_reset", "rewards", "prizes", "callbacks"): (
            "Nothing has to be switched on: every board sends an event when a window is closed, with its top players, "
            "and when a player reaches one of its `milestones: [100, 500]`. docs/events.md says what is in them."
        ),
        (
            "email",
            "emails",
            "mail",
            "alerts",
            "notifications",
            "oncall",
            "on_call",
            "subscribers",
            "owner",
            "contact",
        ): ('Alarms go to a team: `owner: someone@example.com`, and others in `notify: ["mailto:leads@example.com"]`.'),
        ("slack", "pagerduty", "discord", "teams_channel", "opsgenie"): (
            'Name its address in the team: `notify: ["https://..."]`, or an e-mail address of the channel, '
            '`notify: ["mailto:channel@example.com"]`.'
        ),
        ("schedule", "cron", "reset", "reset_schedule", "reset_interval", "reset_frequency", "reset_config"): (
            'When scores start anew stands in `window: {every: week, starts: monday, at: "04:00"}`; '
            "how often ranks are computed, in `rebuild: rate(1 minute)`."
        ),
        ("public", "private", "visibility", "auth", "authoritative", "access_control"): (
            "Anybody may read a board, unless it has `api: {access: iam, principals: [...]}`. "
            "Only your game servers may write."
        ),
        ("metadata", "extra", "custom_data", "payload", "details", "attachments"): (
            "Small fields of an activity that a board keeps beside a score stand under `scoring`: "
            "`attach: [replay_url, character]`."
        ),
        ("tiers", "buckets", "leagues", "divisions", "tiering"): (
            "Write one board for each, with rules that count only its own: `when: {league: [gold]}`. Ranks within each "
            "value of a field, from one board: `segments: [{name: league}]`."
        ),
        ("segment", "groups", "group_by", "regions", "countries", "filters", "partitions", "guilds", "platforms"): (
            "Ranks within each value of a field: `segments: [{name: country}]`, a key of a board."
        ),
        ("columns",): (
            "A score's columns stand under `scoring` in `rank_by`, and the digits after the point in `decimals`, there "
            "or in a column."
        ),
        ("start", "starts_at", "start_date", "end", "ends_at", "end_date", "from", "until", "dates"): (
            "A board with a beginning and an end has seasons: "
            "`window: {every: season, seasons: [{name: autumn, starts: 2026-09-01, ends: 2026-12-01}]}`."
        ),
        ("score", "metric", "stat", "statistic", "value", "points"): (
            "What gives points stands under `scoring`: `rules: [{activity: win, points: 3}]`."
        ),
        ("limit", "limits", "rate_limit", "max_per_minute", "anticheat", "anti_cheat", "min_score", "max_score"): (
            "Limits stand under `scoring`: `limits: {points: {min: 0, max: 100}, activities_per_minute: 30}`."
        ),
        ("decay", "bonus", "multiplier", "expression", "formula", "compute"): (
            "A rule gives `points`, and `per: {field: damage, points: 0.1}` for each unit of a field; "
            "what is more than that, your game computes and writes as a field."
        ),
    }.items()
    for word in words
}
"""What to write for keys that have no counterpart under another name where they stand."""

VALUE_ADVICE: tuple[tuple[str, str, str], ...] = (
    (
        "aggregate",
        "min|minimum|lowest|fastest|shortest|least|smallest",
        "Write `aggregate: best` and `order: ascending`: then the lowest is the best.",
    ),
    (
        "aggregate",
        "median|p[0-9]+|percentile",
        "There is `average`, the mean; a median would need every activity again.",
    ),
    (
        "aggregate",
        "distinct|unique|count_distinct",
        "There is `count`, of every activity; write one for each new thing.",
    ),
    (
        "every",
        "(?:last_)?([2-9]|[1-8][0-9]|90)_?d(?:ays?)?",
        r"For today and the days before it write `{every: rolling, days: \1}`; for calendar weeks, `{every: week}`.",
    ),
    (
        "every",
        "(mon|tues|wednes|thurs|fri|satur|sun)days?",
        r"Write `{every: week, starts: \1day}`.",
    ),
    ("every", "weekends?", 'Write `{every: week, starts: friday, at: "18:00", lasts: 2d6h}`.'),
    (
        "every",
        "minute|minutely|1m|[0-9]+_?m(?:in(?:ute)?s?)?",
        "The shortest window is an hour. How often ranks are computed stands in `rebuild: rate(1 minute)`.",
    ),
    (
        "every",
        "fortnight(?:ly)?|bi_?weekly|2w|14d|quarter(?:ly)?|q[1-4]|years?|yearly|annual(?:ly)?|custom|event",
        "Write `every: season`, with its dates: `seasons: [{name: autumn, starts: 2026-09-01, ends: 2026-12-01}]`.",
    ),
)
"""Advice about the value of a key: the key, what it matches when spelt by `spell`, and what to write."""


def spell(word: str) -> str:
    """Spell a word as this vocabulary does: in lower case, with `_` for what divides its parts."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word.strip()[:_LONGEST])
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")


_LONGEST = 64
"""Characters of a word that are looked at: more than any of ours has."""

_KEYS_MEANT: Mapping[str, tuple[str, ...]] = {
    word: tuple(key for key, words in KEYS.items() if word in words) for words in KEYS.values() for word in words
}


def keys_meant(word: str) -> tuple[str, ...]:
    """List the keys that a word may stand for: the same key in another spelling first."""
    spelt = spell(word)
    return (spelt, *_KEYS_MEANT.get(spelt, ()))


def choice_meant(word: str, choices: tuple[str, ...]) -> str | None:
    """Find the choice that another word stands for; None if it stands for none of these."""
    spelt = spell(word)
    return next((choice for choice in choices if spelt == choice or spelt in CHOICES.get(choice, ())), None)


def advise_on_key(word: str) -> str:
    """Say what to write for a key that we call nothing alike; empty if the word says nothing."""
    return KEY_ADVICE.get(spell(word), "")


def advise_on_choice(key: str, value: str) -> str:
    """Say what to write for a value that one word of ours does not replace; empty if there is no such advice."""
    spelt = spell(value)
    for of, pattern, advice in VALUE_ADVICE:
        if of == key and (match := re.fullmatch(pattern, spelt)):
            return match.expand(advice)
    return ""
