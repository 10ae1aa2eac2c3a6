"""The table of resource types: which operations make them, and what is called otherwise.

What is not in the table follows from botocore's shapes: see members.py. A type is made in ministack unless its row says
moto. `dropped` lists what is known of the emulators.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.terraform.stand_in.kinds_compute import COMPUTE
from tests.terraform.stand_in.kinds_edge import EDGE
from tests.terraform.stand_in.kinds_messages import MESSAGES
from tests.terraform.stand_in.kinds_storage import STORAGE
from tests.terraform.stand_in.kinds_watching import WATCHING
from tests.terraform.stand_in.table import Kind

KINDS: Mapping[str, Kind] = {**STORAGE, **MESSAGES, **WATCHING, **COMPUTE, **EDGE}
"""Every resource type that the stand-in makes."""
