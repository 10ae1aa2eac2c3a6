"""Tells the parent what each function did and what is in each queue, in the program that is the embedded AWS.

ministack writes some metrics of functions and none of queues, and nothing here reads its own: so it writes none any
more, and each run of a function is told of in one line of JSON on standard error. What is in queues the parent asks.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

METRICS = '{"_aws"'
"""How a line of metrics in a log begins."""

_OUTCOMES = frozenset(("batchItemFailures", "as_of"))
"""What a processor's answer, and what a rebuilder's, has: by these they are known."""

_lock = threading.Lock()
_running: Counter[str] = Counter()
"""How many runs of each function are under way."""
_sent: Counter[str] = Counter()
"""How many messages were sent to each queue since the parent asked last."""


def tell_runs() -> None:
    """Tell of each run of a function, and of each that is refused because too many are under way, from now on."""
    from ministack.services import lambda_svc

    run = lambda_svc._execute_function_dispatch

    def run_and_tell(func: dict[str, Any], config: dict[str, Any], event: Any, *rest: Any) -> Any:
        name, began = config["FunctionName"], time.time()
        with _lock:
            _running[name] += 1
            at_once = _running[name]
        result: dict[str, Any] = {"error": True}
        try:
            result = run(func, config, event, *rest)
        finally:
            with _lock:
                _running[name] -= 1
            timed = {"began": began, "milliseconds": (time.time() - began) * 1000, "at_once": at_once}
            failed = bool(result.get("error"))
            _tell({"function": name, **timed, "failed": failed, **_describe_outcome(result, event)})
        return result

    def tell_throttled(function_name: str, duration_ms: float, error: bool, throttle: bool) -> None:
        # ministack says it again, with a duration, of a run that was asked for over its API.
        if throttle and not duration_ms:
            _tell({"function": function_name, "began": time.time(), "throttled": True})

    lambda_svc._execute_function_dispatch = run_and_tell
    lambda_svc._emit_lambda_metrics = tell_throttled


def _describe_outcome(result: dict[str, Any], event: Any) -> dict[str, Any]:
    """The metrics that a run wrote into its log, and what a processor or a rebuilder returned."""
    told: dict[str, Any] = {"metrics": list(read_metrics(result.get("log") or ""))}
    body = result.get("body")
    if not result.get("error") and isinstance(body, dict) and not body.keys().isdisjoint(_OUTCOMES):
        failures = body.get("batchItemFailures")
        told["acknowledged"] = 0 if failures is None else len(event["Records"]) - len(failures)
        told |= {name: body[name] for name in ("as_of", "published") if name in body}
    return told


def read_metrics(log: str) -> Iterator[tuple[str, str, dict[str, str], list[float]]]:
    """Namespace, name, dimensions and values of each metric in a log.

    (CloudWatch user guide, "Specification: Embedded metric format".)
    """
    for line in log.splitlines():
        if not line.startswith(METRICS):
            continue
        document = json.loads(line)
        for directive in document["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = {name: str(document[name]) for name in names}
                for metric in directive["Metrics"]:
                    found = document[metric["Name"]]
                    values = found if isinstance(found, list) else [found]
                    yield directive["Namespace"], metric["Name"], dimensions, values


def _tell(document: dict[str, Any]) -> None:
    sys.stderr.write(json.dumps(document) + "\n")


def count_sent_messages() -> None:
    """Count what is sent to queues, from now on. What SQS itself moves to a dead-letter queue is not sent.

    (Amazon SQS developer guide, "Available CloudWatch metrics for Amazon SQS".)
    """
    from ministack.services import eventbridge, lambda_svc, sqs

    def count(send: Callable[..., Any], find: Callable[..., str]) -> Callable[..., Any]:
        def send_and_count(*arguments: Any) -> Any:
            result = send(*arguments)
            with _lock:
                _sent[find(*arguments)] += 1
            return result

        return send_and_count

    def name_of_url(data: dict[str, Any], url: str) -> str:
        return str(data.get("QueueUrl", url)).rsplit("/", 1)[-1]

    sqs._act_send_message = sqs._HANDLERS["SendMessage"] = count(sqs._act_send_message, name_of_url)
    eventbridge._dispatch_to_sqs = count(eventbridge._dispatch_to_sqs, lambda spec, *_: spec.resource)
    lambda_svc._route_async_failure = count(lambda_svc._route_async_failure, lambda arn, *_: arn.rsplit(":", 1)[-1])


async def answer_queues(send: Any) -> None:
    """Answer the parent's request with what is in each queue."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(describe_queues()).encode()})


def describe_queues() -> dict[str, dict[str, float]]:
    """By the name of each queue: messages that wait, that are received, that were sent since the last call; the age of
    the oldest in seconds."""
    from ministack.services import sqs

    found = {}
    with sqs._queues_lock:
        now = time.time()
        for key, queue in sqs._queues._data.items():
            messages, name = queue["messages"], key[-1].rsplit("/", 1)[-1]
            waiting = sum(message.get("visible_at", 0) <= now for message in messages)
            found[name] = {
                "waiting": waiting,
                "received": len(messages) - waiting,
                "oldest_seconds": max((now - message["sent_at"] for message in messages), default=0),
            }
    with _lock:
        for name, queue in found.items():
            queue["sent"] = _sent.pop(name, 0)
        _sent.clear()
    return found
