"""Gives an event source mapping batches as AWS does: of the size it asks for, and none once it is disabled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

_CHANGES = ("GetQueueAttributes", "DeleteMessage", "DeleteMessageBatch", "PurgeQueue")
"""The requests that look at all messages of a queue, or put another list in the place of it."""


def honour_batching() -> None:
    """Give a mapping what arrived in its batching window, up to its batch size, from now on.

    ministack caps a batch at 10 messages and never waits for more. AWS does that only for mappings without a window
    (Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping").

    It also looks whether a mapping is enabled some time before it takes a batch. Here both are one look, and messages
    are counted in between: who disables a mapping, and then counts none that is received, knows that none is to come.
    And where a request receives messages while a batch is taken, each puts a list of its own in the place of the
    queue's, and what was sent meanwhile was in neither. Here one waits for the other.
    """
    from ministack.services import lambda_svc, sqs

    sweep = sqs._dlq_sweep

    def receive(queue_url: str, max_number: int) -> list[dict[str, Any]]:
        with sqs._queues_lock:
            queue = sqs._get_q(queue_url)
            mappings = (
                one for one in lambda_svc._esms.values() if one["EventSourceArn"] == queue["attributes"]["QueueArn"]
            )
            mapping: dict[str, Any] | None = next(mappings, None)
            if mapping is None or not mapping["Enabled"]:
                return []
            sqs._expire_retained(queue)
            sweep(queue)
            now = time.time()
            waiting = [message for message in queue["messages"] if message.get("visible_at", 0) <= now]
            window = mapping.get("MaximumBatchingWindowInSeconds", 0)
            if len(waiting) < max_number and all(now - message.get("visible_at", 0) < window for message in waiting):
                return []
            visible = int(queue["attributes"].get("VisibilityTimeout", "30"))
            batch: list[dict[str, Any]] = sqs._collect_msgs(queue, max_number, visible)
            return batch

    sqs._receive_messages_for_esm = receive
    sqs._dlq_sweep = _hold(sqs._queues_lock, sweep)  # as a request that receives calls it
    sqs._HANDLERS |= {name: _hold(sqs._queues_lock, sqs._HANDLERS[name]) for name in _CHANGES}


def _hold(lock: threading.Lock, act: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, which holds a lock."""

    def hold_and_act(*arguments: Any) -> Any:
        with lock:
            return act(*arguments)

    return hold_and_act
