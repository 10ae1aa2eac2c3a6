"""Saves a fifth of checkov's time when `leaderboards check` runs it. This file is no policy.

checkov keeps every debug line, which it never prints, and looks for garbage among hundreds of megabytes that live until
it ends. Where a person runs checkov, nothing is changed.
"""

from __future__ import annotations

import gc
import logging
import os

from policy_checks import EVIDENCE

if os.environ.get(EVIDENCE):
    logging.disable(logging.INFO)
    gc.freeze()
    # Python collects garbage far less often than by default.
    gc.set_threshold(100_000, 50, 100)
