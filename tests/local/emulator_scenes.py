"""Scenes in which two threads of the embedded AWS act at once, for a process of its own. Prints what came of each."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import dynamodb, lambda_svc, sqs

from generator.local.emulator import extracting, stores, trimming
from generator.local.emulator.batching import honour_batching

QUEUE = "arn:aws:sqs:eu-central-1:000000000000:activities"


class Meddled(dict[str, Any]):
    """A dict that another thread changes whenever somebody has gone through the half of it."""

    def __init__(self, content: Mapping[str, Any], meddle: Callable[[], object]) -> None:
        super().__init__(content)
        self._meddle = meddle

    def items(self) -> Any:
        """As any dict's, with the other thread's act in between."""
        return self._interrupt(super().items())

    def values(self) -> Any:
        """As any dict's, with the other thread's act in between."""
        return self._interrupt(super().values())

    def _interrupt(self, parts: Any) -> Iterator[Any]:
        for number, part in enumerate(parts):
            yield part
            if number == len(self) // 2 - 1:
                other = threading.Thread(target=self._meddle)
                other.start()
                other.join(1)


def make_table(name: str) -> dict[str, Any]:
    """A table of four simulated activities, of which the first has expired, and expires once somebody reads them."""

    def expire() -> None:  # as ministack's `_ttl_reaper` does it
        with dynamodb._lock:
            table["items"]["sim-1"].pop("0", None)

    items = {str(number): {"activity_id": {"S": str(number)}, "expires_at": {"N": "1"}} for number in range(4)}
    table: dict[str, Any] = {
        "items": {"sim-1": Meddled(items, expire)},
        "pk_name": "player_id",
        "sk_name": "activity_id",
    }
    dynamodb._tables._data["0" * 12, "eu-central-1", name] = table
    return table


def keep_while_items_expire() -> list[str]:
    """The items that are kept."""
    make_table("kept")
    try:
        return [item["activity_id"]["S"] for item in json.loads(stores.dump())["tables"]["kept"]]
    finally:
        dynamodb._tables.clear()


def trim_while_items_expire() -> None:
    """Nothing."""
    make_table("trimmed")
    try:
        trimming.trim()
    finally:
        dynamodb._tables.clear()


def extract_half_and_then_again() -> list[list[str]]:
    """The files that each of three workers finds: the first has no room on the disk for the second file."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["TMPDIR"]))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("code/one.py", "")
        archive.writestr("code/two.py", "")
    (folder / "code.zip").write_bytes(code.getvalue())
    extract: Any = zipfile.ZipFile._extract_member  # type: ignore[attr-defined]
    full = ["code/two.py"]

    def extract_member(self: zipfile.ZipFile, member: Any, *rest: Any) -> Any:
        if str(member) in full:
            full.clear()
            raise OSError("no space left on device")
        return extract(self, member, *rest)

    zipfile.ZipFile._extract_member = extract_member  # type: ignore[attr-defined]
    extracting.extract_once()
    found = []
    for number in range(3):
        (place := folder / str(number)).mkdir()
        try:
            with lambda_runtime.zipfile.ZipFile(str(folder / "code.zip")) as opened:
                opened.extractall(place)
        except OSError:
            pass
        found.append(sorted(path.name for path in place.glob("code/*.py")))
    return found


def receive_for_a_mapping() -> list[int]:
    """How many messages a mapping takes that its poller took for enabled: enabled, disabled meanwhile, deleted."""
    honour_batching()
    waiting = {"id": "1", "body": "", "visible_at": 0, "sent_at": 0, "receive_count": 0, "receipt_handle": None}
    queue = {"attributes": {"QueueArn": QUEUE}, "messages": [waiting], "is_fifo": False}
    sqs._get_q = lambda *_: queue
    sqs._expire_retained = lambda _: None
    mapping = {"EventSourceArn": QUEUE, "Enabled": True}
    lambda_svc._esms["m"] = mapping
    taken = []
    for change in (lambda: None, lambda: mapping.update(Enabled=False), lambda: lambda_svc._esms.pop("m")):
        change()
        taken.append(len(sqs._receive_messages_for_esm("url", 10)))
        waiting["visible_at"] = 0
    return taken


def ask_while_a_batch_is_taken() -> list[str]:
    """The requests that are answered while the poller is between its look at the mapping and its taking of a batch."""
    done: list[str] = []

    async def receive() -> None:
        await sqs._HANDLERS["ReceiveMessage"]({}, "url")

    asks: dict[str, Callable[[], object]] = {
        "count": lambda: sqs._HANDLERS["GetQueueAttributes"]({}, "url"),
        "delete": lambda: sqs._HANDLERS["DeleteMessage"]({"ReceiptHandle": "x"}, "url"),
        "receive": lambda: asyncio.run(receive()),
    }

    def ask(name: str) -> None:
        with suppress(sqs._Err):
            asks[name]()
        done.append(name)

    threads = [threading.Thread(target=ask, args=[name], daemon=True) for name in asks]
    with sqs._queues_lock:
        for thread in threads:
            thread.start()
        threads[0].join(1)
        early = [*done]
    for thread in threads:
        thread.join(60)
    assert sorted(done) == sorted(asks), done
    return early


def play(scene: Callable[[], Any]) -> Any:
    """What came of a scene, which may have failed."""
    try:
        return scene()
    except Exception as error:
        return repr(error)


if __name__ == "__main__":
    scenes = (
        keep_while_items_expire,
        trim_while_items_expire,
        extract_half_and_then_again,
        receive_for_a_mapping,
        ask_while_a_batch_is_taken,
    )
    with tempfile.TemporaryDirectory() as place:
        os.environ["TMPDIR"] = place
        json.dump({scene.__name__: play(scene) for scene in scenes}, sys.stdout)
