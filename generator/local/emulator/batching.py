"""Gives an event source mapping batches as AWS does: of the size it asks for, and none once it is disabled."""

from __future__ import annotations

import time
from typing import Any


def honour_batching() -> None:
    """Give a mapping what arrived in its batching window, up to its batch size, from now on.

    ministack caps a batch at 10 messages and never waits for more. AWS does that only for mappings without a window
    (Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping").

    It also looks whether a mapping is enabled some time before it takes a batch. Here both are one look, and messages
    are counted in between: who disables a mapping, and then counts none that is received, knows that none is to come.
    """
    from ministack.services import lambda_svc, sqs

    get_attributes = sqs._act_get_queue_attributes

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
            sqs._dlq_sweep(queue)
            now = time.time()
            waiting = [message for message in queue["messages"] if message.get("visible_at", 0) <= now]
            window = mapping.get("MaximumBatchingWindowInSeconds", 0)
            if len(waiting) < max_number and all(now - message.get("visible_at", 0) < window for message in waiting):
                return []
            visible = int(queue["attributes"].get("VisibilityTimeout", "30"))
            batch: list[dict[str, Any]] = sqs._collect_msgs(queue, max_number, visible)
            return batch

    def get_attributes_between(data: dict[str, Any], queue_url: str) -> Any:
        with sqs._queues_lock:
            return get_attributes(data, queue_url)

    sqs._receive_messages_for_esm = receive
    sqs._act_get_queue_attributes = sqs._HANDLERS["GetQueueAttributes"] = get_attributes_between
