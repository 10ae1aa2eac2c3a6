"""A text, broken at random as a careless edit breaks it."""

from __future__ import annotations

import random
import re

TOKENS = (
    *"\t\n :-[]{}#&*!|>'\"%@`,?",
    *("true", "on", "010", "~", "1e999", ".nan", "<<: *a", "&a ", "\u202e", "\x00", "\xff", "\U0001f3c6", "    ", "- "),
    *("name: ", "team: ", "${x}", "9" * 50, "-1", "0.0000001", "[" * 40, "null", "!!python/name:os.system "),
)


def scramble(text: str, chance: random.Random) -> str:
    """The text with one to four things wrong: characters, lines or words lost, doubled, swapped or put in."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        lines = text.split("\n")
        line = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                text = text[:at] + text[at + chance.randint(1, 8) :]
            case 1:
                text = text[:at] + chance.choice(TOKENS) + text[at:]
            case 2:
                text = "\n".join(lines[:line] + lines[line + 1 :])
            case 3:
                text = "\n".join([*lines[:line], lines[line], *lines[line:]])
            case 4:
                other = chance.randrange(len(lines))
                lines[line], lines[other] = lines[other], lines[line]
                text = "\n".join(lines)
            case 5:
                lines[line] = chance.choice(("  ", "\t", "")) + lines[line].lstrip()
                text = "\n".join(lines)
            case _:
                words = [match.span() for match in re.finditer(r"[\w.-]+", text)]
                start, end = chance.choice(words)
                text = text[:start] + chance.choice(TOKENS) + text[end:]
    return text
