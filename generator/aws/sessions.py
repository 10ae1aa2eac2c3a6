"""boto3 sessions: with the user's settings and the place that he named, and without any settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AwsPlace:
    """Where a board is looked for in AWS, as the options of the AWS CLI say it. None: as boto3 finds it by itself."""

    profile: str | None = None
    """A profile of the user's AWS files."""
    region: str | None = None
    """None for the board's own."""
    endpoint_url: str | None = None
    """What answers instead of AWS's own addresses, for every service."""


class AwsSession:
    """A boto3 session in a place."""

    def __init__(self, place: AwsPlace, region: str) -> None:
        """`region`: the one that holds where the place names none. Raises BotoCoreError for a profile unknown here."""
        import boto3

        self._endpoint_url = place.endpoint_url
        self.region = place.region or region
        self._session = boto3.Session(profile_name=place.profile, region_name=self.region)

    def client(self, service: str, **options: Any) -> Any:
        """A client of a service. Raises ValueError where the place's address is none."""
        return self._session.client(service, endpoint_url=self._endpoint_url, **options)  # type: ignore[call-overload]

    def has_credentials(self) -> bool:
        """Whether boto3 finds credentials."""
        return self._session.get_credentials() is not None


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
