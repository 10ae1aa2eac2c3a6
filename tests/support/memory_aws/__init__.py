"""AWS in memory, for the calls that the runtime and the operations make; a request that it does not know fails.

It causes what no emulator does: conflicts, lost answers, reads that tear, messages that come twice. That it answers as
AWS does, for the calls that it knows, is what test_memory_aws.py holds it to.
"""

from tests.support.memory_aws.account import MemoryAws
from tests.support.memory_aws.calls import Call, Interceptor
from tests.support.memory_aws.interceptors import HookedAws, Recorder

__all__ = ["Call", "HookedAws", "Interceptor", "MemoryAws", "Recorder"]
