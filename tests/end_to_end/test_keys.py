"""A board moves to another KMS key on the embedded AWS: what its snapshot refers to lies under the new one."""

from __future__ import annotations

from tests.end_to_end.deployed import OperatedGame, deploy_boards
from tests.end_to_end.game import YAML, activity, get
from tests.support.projects import boards_of


def list_keys(game: OperatedGame, prefix: str) -> dict[str, str]:
    """The KMS key of each object below a prefix, as HeadObject says."""
    s3, bucket = game.stack.aws.client("s3"), game.stack.boards[game.name].deployment.bucket
    names = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]]
    return {name: s3.head_object(Bucket=bucket, Key=name)["SSEKMSKeyId"] for name in names}


def deploy_key(game: OperatedGame, arn: str) -> None:
    """Give the rebuilder another key, as Terraform would. The bucket's default is still the old one."""
    functions, name = game.stack.aws.client("lambda"), game.function("rebuilder").rsplit(":", 1)[-1]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {**variables, "KEY_ARN": arn}})
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)


def test_a_board_moves_to_another_key() -> None:
    [board] = [each for each in boards_of(YAML) if each.name == "kills"]
    with deploy_boards((board,)) as stack:
        game = OperatedGame(stack, "kills")
        game.put_all([activity(f"p{number}", "kill") for number in range(20)])
        game.settle()
        before = list_keys(game, "snapshots/")
        [old] = set(before.values())
        ranks = get(f"{game.api_url}/v1/leaderboard?limit=100")[1]["entries"]
        assert len(ranks) == 20

        new = stack.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        deploy_key(game, new)
        game.rebuild()
        after = list_keys(game, "snapshots/")
        assert {name for name, key in after.items() if key == old} == {
            name for name in before if name.startswith("snapshots/at/")
        }
        assert after.keys() > before.keys()
        assert {after[name] for name in (*list_keys(game, "snapshots/ranks/"), "snapshots/current.json")} == {new}
        assert get(f"{game.api_url}/v1/leaderboard?limit=100")[1]["entries"] == ranks
