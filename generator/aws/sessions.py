"""boto3 sessions that read nothing of the user's settings."""

from __future__ import annotations

import os
from typing import Any


def make_clean_session() -> Any:
    """Make a boto3 session that reads neither the user's profile nor files of settings."""
    import boto3
    import botocore.session

    nothing = (None, None, None, None)
    core = botocore.session.Session(
        session_vars={
            "profile": nothing,
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
            "ca_bundle": nothing,
            "use_fips_endpoint": (None, None, False, None),
            "use_dualstack_endpoint": (None, None, False, None),
        }
    )
    return boto3.Session(botocore_session=core)
