"""Another place to ask a run from: another loopback address, as a program in another container would have.

What listens on 127.0.0.1 only is not there. Only Linux has the address without being told.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from generator.local.doors.writing import WriteDoor
from generator.local.services.cloudfront import CloudFront
from generator.local.stack import Stack

ELSEWHERE = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"
AHEAD = 8 * 86_400
"""Seconds by which the clock of such a door is ahead of this machine's, as after `leaderboards advance`."""


@contextmanager
def open_door(stack: Stack) -> Iterator[int]:
    """Open to other places what `--host 0.0.0.0` opens, at a port beside the run's own. Gives that port."""
    cloudfront = CloudFront(None, "0.0.0.0")
    cloudfront.serve(stack.aws.client("s3"), lambda: time.time() + AHEAD)
    cloudfront.take_calls(WriteDoor(stack.aws, stack.game_server, stack.list_activities_tables).answer)
    assert stack._cloudfront
    for site in stack._cloudfront._sites.values():
        cloudfront.add_site(site)
    cloudfront.index = stack._cloudfront.index
    try:
        yield cloudfront.port
    finally:
        cloudfront.stop()
