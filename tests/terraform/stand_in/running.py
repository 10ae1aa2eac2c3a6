"""Everything that one test of a bundle needs: emulators of AWS, the providers that speak to them, and Terraform.

Terraform finds the providers by its own way for providers that run already (TF_REATTACH_PROVIDERS), so that each of its
commands is spared a start of Python. Everything listens on loopback or on a socket in the test's folder.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
import urllib.request
from collections.abc import Mapping
from concurrent import futures
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import grpc
from botocore import xform_name
from botocore.config import Config
from tf.gen import grpc_controller_pb2, grpc_controller_pb2_grpc, grpc_stdio_pb2_grpc
from tf.gen import tfplugin_pb2_grpc as rpc

from generator.aws.sessions import make_clean_session
from generator.local.emulator.process import Emulator
from tests.terraform.judging import judge
from tests.terraform.permissions.deploying import find_forbidden
from tests.terraform.stand_in.cloud import Cloud, Judge, RefusedError
from tests.terraform.stand_in.servicer import AwsProvider, Provider, TimeProvider
from tests.terraform.workspace import Workspace

ACCOUNT = "123456789012"
"""The account of a bundle that names none."""


class _Controller(grpc_controller_pb2_grpc.GRPCControllerServicer):  # type: ignore[misc]
    def Shutdown(self, request: Any, context: Any) -> Any:  # noqa: N802
        return grpc_controller_pb2.Empty()


class _Stdio(grpc_stdio_pb2_grpc.GRPCStdioServicer):  # type: ignore[misc]
    def StreamStdio(self, request: Any, context: Any) -> Any:  # noqa: N802
        return iter([])


@cache
def start_moto() -> str:
    """The address of this process's moto, which is started with the first call."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def judge_deploying(service: str, operation: str, parameters: Mapping[str, Any]) -> list[str]:
    """Say what AWS would not take of a request, and what the role that deploys may not do."""
    return [*judge(service, operation, parameters), *find_forbidden(service, operation, parameters)]


class Stage:
    """Emulators of AWS and the providers before them: a context manager that stops them at the end."""

    def __init__(self, region: str = "eu-central-1", account: str = ACCOUNT, judged_by: Judge | None = None) -> None:
        self.region = region
        self.account = account
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()
        self._moto_session = make_clean_session()
        self.aws = Emulator(region, account)
        self._folder = tempfile.TemporaryDirectory(prefix="stand-in-")
        self.client("moto", "cloudwatch", region)
        _reset_moto()
        self.cloud = Cloud(self.client, judged_by or judge_deploying)
        self.provider = AwsProvider(self.cloud, self._look_up, account)
        self._servers: list[Any] = []
        addresses = {
            "registry.terraform.io/hashicorp/aws": self._serve("aws", self.provider),
            "registry.terraform.io/hashicorp/time": self._serve("time", TimeProvider()),
        }
        (Path(self._folder.name) / "terraformrc").write_text("")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TF_")},
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": f"{self._folder.name}/terraformrc",
            "TF_REATTACH_PROVIDERS": json.dumps({name: _reattach(path) for name, path in addresses.items()}),
        }
        """What a program needs in its environment so that the Terraform that it starts finds the providers."""

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the providers and the emulator. moto stays, for the process's next test."""
        for server in self._servers:
            server.stop(0).wait()
        self.aws.stop()
        self._folder.cleanup()

    def workspace(self, folder: Path, files: Mapping[str, bytes], program: str) -> Workspace:
        """A bundle in a folder, and Terraform in it. `files`: the bundle's, by their path in it."""
        self.cloud.folder = folder / "terraform"
        return Workspace(folder, files, program, self.environment)

    def client(self, emulator: str, service: str, region: str) -> Any:
        """A boto3 client for a service of an emulator."""
        if emulator == "ministack":
            # CloudFront, IAM and the like have one region only, and the emulator takes any.
            return self.aws.client(service, region_name=region)
        with self._lock:
            key = (emulator, service, region)
            if key not in self._clients:
                client = self._moto_session.client(
                    service,
                    region_name=region,
                    endpoint_url=start_moto(),
                    aws_access_key_id="test",
                    aws_secret_access_key="test",
                    config=Config(proxies={}, retries={"total_max_attempts": 1}, max_pool_connections=20),
                )
                client.meta.events.register("before-sign", self._name_account)
                self._clients[key] = client
            return self._clients[key]

    def _name_account(self, request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = self.account

    def _serve(self, name: str, provider: Provider) -> str:
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
        rpc.add_ProviderServicer_to_server(provider, server)
        grpc_controller_pb2_grpc.add_GRPCControllerServicer_to_server(_Controller(), server)
        grpc_stdio_pb2_grpc.add_GRPCStdioServicer_to_server(_Stdio(), server)
        path = f"{self._folder.name}/{name}.sock"
        server.add_insecure_port(f"unix://{path}")
        server.start()
        self._servers.append(server)
        return path

    def _look_up(self, kind: str, config: Mapping[str, Any], region: str) -> Mapping[str, Any]:
        """The data sources that AWS answers."""
        if kind == "aws_caller_identity":
            return {
                "account_id": self.account,
                "id": self.account,
                "arn": f"arn:aws:iam::{self.account}:root",
                "user_id": self.account,
            }
        if kind == "aws_region":
            return {"region": region, "name": region, "id": region}
        if kind == "aws_partition":
            return {"partition": "aws", "dns_suffix": "amazonaws.com", "id": "aws"}
        if kind == "aws_cloudwatch_event_buses":
            buses = self._ask("events", "ListEventBuses", region, NamePrefix=config["name_prefix"])["EventBuses"]
            # Of a value whose type the schema leaves open, the protocol wants the type beside it.
            kind_of_list = b'["list", ["object", {"arn": "string", "name": "string"}]]'
            return {"event_buses": [kind_of_list, [{"arn": bus["Arn"], "name": bus["Name"]} for bus in buses]]}
        if kind == "aws_dynamodb_table":
            table = self._ask("dynamodb", "DescribeTable", region, TableName=config["name"])["Table"]
            encryption = table["SSEDescription"]
            key = {"enabled": encryption["Status"] == "ENABLED", "kms_key_arn": encryption["KMSMasterKeyArn"]}
            return {"arn": table["TableArn"], "id": table["TableName"], "server_side_encryption": [key]}
        cloudfront = self.client("ministack", "cloudfront", region)
        if kind == "aws_cloudfront_cache_policy":
            found = cloudfront.list_cache_policies(Type="managed")["CachePolicyList"]["Items"]
            names = {each["CachePolicy"]["CachePolicyConfig"]["Name"]: each["CachePolicy"]["Id"] for each in found}
        else:
            found = cloudfront.list_response_headers_policies(Type="managed")["ResponseHeadersPolicyList"]["Items"]
            names = {
                each["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]["Name"]: each["ResponseHeadersPolicy"][
                    "Id"
                ]
                for each in found
            }
        return {"id": names[config["name"]]}

    def _ask(self, service: str, operation: str, region: str, **parameters: Any) -> Any:
        """Read something for a data source, judged as what resources ask."""
        if findings := self.cloud.judge(service, operation, parameters):
            raise RefusedError(f"{service}:{operation}: " + "; ".join(findings))
        return getattr(self.client("ministack", service, region), xform_name(operation))(**parameters)


def _reattach(path: str) -> Mapping[str, Any]:
    return {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "unix", "String": path},
    }


def _reset_moto() -> None:

    from moto.moto_api import recorder  # noqa: F401  (moto registers its own API with this import)

    request = urllib.request.Request(f"{start_moto()}/moto-api/reset", method="POST")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        answer.read()
