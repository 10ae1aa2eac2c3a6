"""Changes a file at random, as people, editors, merges and bad disks do."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

_SPECIALS = (
    *(bytes([byte]) for byte in b":-?,[]{}#&*!|>'\"%@`<~\t\n\r\x00\x1b\x7f\xff\\ "),
    *(b"\xc3", b"\xc3\xa9", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xf0\x9f\x8f\x86", b"\xed\xa0\x80"),
    *(b"\n---\n", b"\n...\n", b"%YAML 1.1\n", b"<<: ", b"&a ", b"*a ", b"!!int ", b"? ", b"- ", b": ", b" #", b"\r\n"),
    *(b"<<<<<<< HEAD\n", b"=======\n", b">>>>>>> main\n", b"{{ name }}", b"${name}", b"::error::", b"\\u202e"),
)
_VALUES = (
    *(b"", b"~", b"null", b"true", b"on", b"no", b"[]", b"{}", b"[[]]", b"''", b'""', b"0", b"-1", b"010", b"1e3"),
    *(b"1e999", b".inf", b".nan", b"0x1F", b"1_000", b"1,5", b"9" * 40, b"9" * 400, b"2.5", b"12:30", b"2026-02-30"),
    *(
        b"a" * 300,
        b"weekly",
        b"rate(1 minutes)",
        b"cron(* * * * * *)",
        b"25h",
        b"Europe/Berln",
        b"#fff",
        b"\xf0\x9f\x8f\x86",
    ),
)
_TOKEN = re.compile(rb"[A-Za-z0-9_.@/-]+")


def mutated(data: bytes, seed: int, number: int) -> Iterator[bytes]:
    """Yield `number` mutations of a file, the same for the same seed. Each one is one to four changes."""
    chance = random.Random(seed)
    for _ in range(number):
        mutant = data
        for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
            mutant = chance.choice(_CHANGES)(chance, mutant)
        yield mutant


def _span(chance: random.Random, data: bytes) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((1, 1, 2, 5, 20, 100)))


def _delete(chance: random.Random, data: bytes) -> bytes:
    start, end = _span(chance, data)
    return data[:start] + data[end:]


def _repeat(chance: random.Random, data: bytes) -> bytes:
    start, end = _span(chance, data)
    return data[:start] + data[start:end] * chance.choice((2, 2, 3, 50)) + data[end:]


def _flip(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + bytes([chance.randrange(256)]) + data[start + 1 :]


def _insert(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.choice(_SPECIALS) + data[start:]


def _truncate(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _swap_bytes(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start : start + 2][::-1] + data[start + 2 :]


def _replace_token(chance: random.Random, data: bytes) -> bytes:
    return _with_tokens(chance, data, lambda tokens: [chance.choice(_VALUES)])


def _misspell_token(chance: random.Random, data: bytes) -> bytes:
    def misspelt(tokens: list[bytes]) -> list[bytes]:
        at = chance.randrange(len(tokens[0]))
        return [chance.choice((tokens[0][:at] + tokens[0][at + 1 :], tokens[0].upper(), tokens[0] + b"s"))]

    return _with_tokens(chance, data, misspelt)


def _swap_tokens(chance: random.Random, data: bytes) -> bytes:
    return _with_tokens(chance, data, lambda tokens: tokens[::-1], 2)


def _with_tokens(
    chance: random.Random, data: bytes, change: Callable[[list[bytes]], list[bytes]], number: int = 1
) -> bytes:
    """Replace some words or numbers of a file."""
    found = list(_TOKEN.finditer(data))
    if len(found) < number:
        return data
    chosen = sorted(chance.sample(found, number), key=re.Match.start)
    for match, token in reversed(list(zip(chosen, change([match[0] for match in chosen]), strict=True))):
        data = data[: match.start()] + token + data[match.end() :]
    return data


def _move_line(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    line = lines.pop(chance.randrange(len(lines)))
    lines.insert(chance.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def _copy_lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    start, place = chance.randrange(len(lines)), chance.randrange(len(lines) + 1)
    lines[place:place] = lines[start : start + chance.choice((1, 2, 10))]
    return b"\n".join(lines)


def _drop_lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    start = chance.randrange(len(lines))
    del lines[start : start + chance.choice((1, 1, 3, 10))]
    return b"\n".join(lines)


def _indent(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    start, by = chance.randrange(len(lines)), chance.choice((-4, -2, -1, 1, 2, 4))
    for index in range(start, min(len(lines), start + chance.choice((1, 1, 3, 10)))):
        lines[index] = b" " * by + lines[index] if by > 0 else lines[index].removeprefix(b" " * -by)
    return b"\n".join(lines)


_CHANGES = (
    _delete,
    _repeat,
    _flip,
    _insert,
    _truncate,
    _swap_bytes,
    _replace_token,
    _replace_token,
    _misspell_token,
    _misspell_token,
    _swap_tokens,
    _swap_tokens,
    _move_line,
    _copy_lines,
    _drop_lines,
    _indent,
)
