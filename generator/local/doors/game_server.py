"""The user that game servers sign as: the bundles' producer policies let it write activities, and read nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

USER = "game-server"
"""The name of the user."""


@dataclass(frozen=True)
class GameServer:
    """The user, and the key that a game server signs with. `iam`: a boto3 client."""

    iam: Any
    access_key_id: str
    secret_access_key: str

    def attach(self, policy_arn: str) -> None:
        """Let it write the activities of one board, by that board's producer policy."""
        self.iam.attach_user_policy(UserName=USER, PolicyArn=policy_arn)

    def detach(self, policy_arn: str) -> None:
        """Take a board's producer policy away again."""
        self.iam.detach_user_policy(UserName=USER, PolicyArn=policy_arn)


def make_game_server(iam: Any) -> GameServer:
    """Create the user and its key. `iam`: a boto3 client."""
    iam.create_user(UserName=USER)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    return GameServer(iam, key["AccessKeyId"], key["SecretAccessKey"])
