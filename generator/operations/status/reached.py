"""Reaches the account and region, or the run of `leaderboards local`, in which bundles run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.aws.sessions import AwsPlace
from generator.board.board import Board
from generator.board.bundle import Bundle
from generator.operations.local_run import LocalRun
from generator.operations.measuring.in_aws import MeasuredInAws
from generator.operations.measuring.measured import Measured, NamedAlarms
from generator.operations.measuring.on_this_machine import MeasuredOnThisMachine
from generator.operations.running_board import (
    ANY_PLACE,
    AWS_CONFIG,
    THREADS,
    aws_errors_as_operation_errors,
    make_aws_session,
)
from runtime import clock


@dataclass(frozen=True)
class Reached:
    """What is asked of a place: clients of boto3, which threads may share, and its clock."""

    dynamodb: Any
    s3: Any
    sqs: Any
    functions: Any
    """A client of Lambda."""
    measure: Callable[[NamedAlarms], Measured]
    """Makes what reads metrics, and the states of these alarms."""
    name_bucket: Callable[[Board], str]
    """Says what a board's bucket is called."""
    now: Callable[[], int] = clock.now
    """The present instant by the clock that the boards go by, in milliseconds since 1970."""


def reach_in_aws(bundle: Bundle, place: AwsPlace = ANY_PLACE) -> Reached:
    """Reach where a bundle is deployed in AWS, with the user's own credentials. Raises OperationError."""
    session = make_aws_session(bundle, place)
    with aws_errors_as_operation_errors():
        account = bundle.account_id or session.client("sts").get_caller_identity()["Account"]
        services = ("dynamodb", "s3", "sqs", "lambda", "cloudwatch")
        dynamodb, s3, sqs, functions, cloudwatch = (session.client(each, config=AWS_CONFIG) for each in services)
    return Reached(
        dynamodb,
        s3,
        sqs,
        functions,
        measure=lambda alarms: MeasuredInAws(cloudwatch, alarms),
        name_bucket=lambda board: board.names.part(account),
    )


def reach_on_this_machine(run: LocalRun) -> Reached:
    """Reach a run of `leaderboards local`."""
    services = ("dynamodb", "s3", "sqs", "lambda")
    dynamodb, s3, sqs, functions = (run.client(each, max_pool_connections=THREADS) for each in services)
    return Reached(
        dynamodb,
        s3,
        sqs,
        functions,
        measure=lambda alarms: MeasuredOnThisMachine(run, alarms),
        name_bucket=lambda board: str(run.find(board, "bucket")["bucket"]),
        now=run.now,
    )
