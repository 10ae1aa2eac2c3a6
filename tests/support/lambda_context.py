"""What Lambda hands a handler beside the event."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

CONTEXT: Any = SimpleNamespace(function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="r")
"""As much of a context as the handlers and their loggers look at."""
