"""Takes an erased player out of the audit: what was done stays, and to whom is a hash.

`hash_player` makes of an id what stands in its place, so that who has the id still finds the deeds, by
`leaderboards audit BOARD --player ID`, and who has the table does not find the id in it. Like every hash of a text that
can be guessed, it can be found by trying: it hides an id that is not known elsewhere. Erasing a player ends with
`forget_player`, inside its own deed: that one's item is among those that are rewritten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from generator.operations.audit.reading import RecordedDeed, list_deeds
from generator.operations.audit.trail import PARTITION, as_texts
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.dynamodb import decisions
from runtime.dynamodb.table import Table


def hash_player(player_id: str) -> str:
    """What stands in the place of an erased player's id. No player id begins with "#"."""
    return f"#erased{decisions.hash_player(player_id)}"


def forget_player(marks: Table, player_id: str, names: Collection[str] = ()) -> int:
    """Replace a player's id by its hash in every deed, and names that the player had in what people wrote.

    Returns how many deeds were rewritten. Safe to be killed and to run again. Raises OperationError.
    """
    rewritten = 0
    replace = _Replacing(player_id, names)
    for deed in list(list_deeds(marks)):
        rewritten += _rewrite(marks, deed, replace)
    return rewritten


class _Replacing:
    """Replaces the id and the names of one player."""

    def __init__(self, player_id: str, names: Collection[str]) -> None:
        self._hash = hash_player(player_id)
        self._words = {player_id, *names} - {""}
        # The longest first: one name may be the beginning of another.
        words = "|".join(re.escape(word) for word in sorted(self._words, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)")

    def in_words(self, text: str) -> str:
        """In what a person wrote: wherever one stands as a word."""
        return self._pattern.sub(lambda _: self._hash, text)

    def in_data(self, value: Any) -> Any:
        """In an object of JSON: where a text is one, as another id may contain it."""
        if isinstance(value, str):
            return self._hash if value in self._words else value
        if isinstance(value, list):
            return [self.in_data(part) for part in value]
        if isinstance(value, dict):
            return {name: self.in_data(part) for name, part in value.items()}
        return value


def _rewrite(marks: Table, deed: RecordedDeed, replace: _Replacing) -> bool:
    """Rewrite one deed if it names the player. What came of a deed is counts, and stays."""
    before = {
        "player": deed.player or "",
        "arguments": json.dumps(deed.arguments, sort_keys=True),
        "why": deed.reason or "",
        "problem": deed.problem or "",
    }
    after = {
        "player": replace.in_data(before["player"]),
        "arguments": json.dumps(replace.in_data(deed.arguments), sort_keys=True),
        "why": replace.in_words(before["why"]),
        "problem": replace.in_words(before["problem"]),
    }
    changed = [name for name in after if after[name] != before[name]]
    with aws_errors_as_operation_errors():
        for name in changed:
            _set(marks, deed, name, after[name])
    return bool(changed)


def _set(marks: Table, deed: RecordedDeed, name: str, text: str) -> None:
    """Set one text of a deed. One that expired in the meantime stays away: it has no command any more."""
    value = as_texts(text=text)["text"]["S"]
    condition = "#command = :command"
    marks.update((PARTITION, deed.id), f"SET #{name} = :text", condition, text=value, command=deed.command)
