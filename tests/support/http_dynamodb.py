"""DynamoDB in memory behind HTTP, for programs that have a client of their own: it answers Query, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from botocore.exceptions import ClientError

from tests.support.memory_aws import HookedAws


@contextmanager
def serve_dynamodb(aws: HookedAws) -> Iterator[dict[str, str]]:
    """Serve a board's tables; gives the environment variables by which boto3 finds them."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["X-Amz-Target"] == "DynamoDB_20120810.Query"
            try:
                status, answer = 200, aws.client("dynamodb").query(**request)
            except ClientError as error:
                found = error.response["Error"]
                status, answer = 400, {"__type": found["Code"], "message": found["Message"]}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *about: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{server.server_port}",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
    finally:
        server.shutdown()
        server.server_close()
