"""The keys of a game server as a profile of the AWS SDKs, in a folder of its own that other containers can mount.

The ready file has the operator's keys too, and so is for nobody else.
"""

from __future__ import annotations

from pathlib import Path

from generator.errors import LocalError
from generator.local.doors.ready_file import HeldFile
from generator.local.stack import Stack

NAME = "config"
"""The name of the file, as AWS's SDKs have it in `~/.aws`."""


def take_keys_file(folder: Path) -> HeldFile:
    """Take the place of the file in a folder, which is made. Raises LocalError if it cannot be had.

    The users of other containers are other users: who may read the file is for those to decide who own the folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(f"{folder}: cannot be made: {error.strerror}") from None
    return HeldFile(folder / NAME, "--game-server-keys", 0o644)


def make_profile(stack: Stack) -> str:
    """The content of the file (AWS SDKs and Tools reference guide, "Using shared config and credentials files")."""
    server = stack.game_server
    return (
        "# The keys of a game server, for one run of `leaderboards local`.\n"
        "[default]\n"
        f"aws_access_key_id = {server.access_key_id}\n"
        f"aws_secret_access_key = {server.secret_access_key}\n"
        f"region = {stack.aws.region}\n"
        f"endpoint_url = {stack.writes_url}\n"
    )
