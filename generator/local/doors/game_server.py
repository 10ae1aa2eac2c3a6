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

    def attach(self, policy_arn: str | None) -> None:
        """Let it write activities by a producer policy; None does nothing."""
        if policy_arn:
            self.iam.attach_user_policy(UserName=USER, PolicyArn=policy_arn)

    def detach(self, policy_arn: str | None) -> None:
        """Take a producer policy away again."""
        if policy_arn:
            self.iam.detach_user_policy(UserName=USER, PolicyArn=policy_arn)


def make_game_server(iam: Any) -> GameServer:
    """Create the user and its key. `iam`: a boto3 client."""
    iam.create_user(UserName=USER)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    return GameServer(iam, key["AccessKeyId"], key["SecretAccessKey"])
