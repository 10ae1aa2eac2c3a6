"""Starts and stops the embedded AWS, and makes boto3 clients that reach it and nothing else.

The embedded AWS is ministack, run as a child process: ministack shows its own environment to every Lambda function, and
a child can be given one without the user's credentials, settings and proxies. A child can also be stopped cleanly: it
and its Lambda workers are one process group, and its files are in one temporary folder.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import secrets
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.aws.sessions import make_clean_session
from generator.errors import LocalError
from generator.local.emulator.failures import describe_failure
from generator.local.emulator.outcomes import Outcomes
from generator.local.rehearsal.clock import LocalClock
from generator.local.rehearsal.shifted_clock import FILE_VARIABLE
from generator.local.services.cloudwatch import CloudWatch

INSTALL = "pip install 'leaderboards-from-yaml[local]'"
"""The command that installs what local mode needs."""

ACCOUNT = "000000000000"
"""The account that boards are deployed to when their environment names none."""

STATE_SECONDS = 120.0
"""Seconds that giving or taking what is kept may take."""

START_SECONDS = 30.0
"""Seconds that the process may take to start before it is killed."""

STOP_SECONDS = 3.0
"""Seconds that the process may take to stop before it is killed."""


def _require_packages() -> None:
    """Raise LocalError, which says what to install, if a package that local mode needs is missing."""
    for module in ("ministack", "hypercorn"):
        if importlib.util.find_spec(module) is None:
            raise LocalError(f"local mode needs the Python package that has `{module}`: {INSTALL}")


class Emulator:
    """A running embedded AWS: a context manager that stops it at the end.

    `endpoint` is its URL; `access_key_id` and `secret_access_key` belong to its administrator. `clock` is what its
    functions, schedules and events go by, and by which items expire.
    """

    def __init__(
        self,
        region: str,
        account_id: str = ACCOUNT,
        warn: Callable[[str], None] | None = None,
        begins: int | None = None,
        steps: list[tuple[int, int]] | None = None,
    ) -> None:
        """Start the process. `warn` is called from another thread with each failure inside it, in words for a person.

        `begins`: the instant that its clock shows now, in milliseconds since 1970; None for the machine's time.
        `steps`: what `LocalClock.steps` gave of a run before, whose clock goes on; None for a new one.
        Raises LocalError when ministack is not installed or does not start.
        """
        _require_packages()
        self.region = region
        self.account_id = account_id
        # ministack does not check the administrator's signature, so the key must be impossible to guess: see
        # `server._guard`.
        self.access_key_id = "LOCAL" + secrets.token_hex(16).upper()
        self.secret_access_key = secrets.token_hex(20)
        self.endpoint = ""
        self.log: deque[str] = deque(maxlen=200)
        self.outcomes = Outcomes()
        """What its functions did so far."""
        self._warn = warn or (lambda text: None)
        self._session: Any = None
        self._clients: dict[Any, Any] = {}
        self._lock = threading.Lock()
        self._stopped = False
        self._folder = Path(tempfile.mkdtemp(prefix="leaderboards-local-"))
        self.clock = LocalClock(self._folder / "clock.json", begins, steps)
        self.cloudwatch = CloudWatch(self.clock, self._describe_queues)
        """The metrics of what runs in it, and the alarms of the bundles that are deployed into it."""
        self._start()
        self.clock.before_move = self.cloudwatch.try_to_look
        self.cloudwatch.start()

    def _start(self) -> None:
        try:
            self._process = self._spawn()
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise LocalError(f"the embedded AWS does not start: {error}") from None
        try:
            self._wait_until_up()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Emulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client for one service, with the administrator's credentials unless `options` has others.

        Threads may share it. It never retries, because a retry would hide what the embedded AWS answered.
        """
        with self._lock:
            key = (service, *sorted(options.items()))
            if key not in self._clients:
                self._session = self._session or make_clean_session()
                self._clients[key] = self._session.client(service, **{**self._client_options(), **options})
            return self._clients[key]

    def dump(self) -> bytes:
        """What it holds of the boards, at one moment: see `stores.dump`. Raises LocalError."""
        return self._exchange_state(None)

    def load(self, state: Mapping[str, Any]) -> None:
        """Put in what it, or one before it, held: see `stores.load`. Raises LocalError."""
        self._exchange_state(json.dumps(state).encode())

    def stop(self) -> None:
        """Stop the process and its workers and remove its files. Stopping twice does no harm."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
        self.cloudwatch.stop()
        assert self._process.stdin
        self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        # It ends its workers itself; if it was killed, they may still run.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(1)
        with self._lock:  # a board that is being changed may still ask for one
            clients = [*self._clients.values()]
        for client in clients:
            client.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _exchange_state(self, body: bytes | None) -> bytes:
        try:
            return self._ask("state", body)
        except (OSError, http.client.HTTPException) as error:
            raise LocalError(f"the embedded AWS does not give or take what is kept: {error}") from None

    def _describe_queues(self) -> Any:
        """What `telling.describe_queues` says. Raises OSError."""
        try:
            return json.loads(self._ask("queues", None))
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(str(error)) from None

    def _ask(self, what: str, body: bytes | None) -> bytes:
        # The key is what the server looks for in a signature.
        request = urllib.request.Request(  # noqa: S310
            f"{self.endpoint}/_leaderboards/{what}",
            data=body,
            headers={"Authorization": f"Credential={self.access_key_id}/"},
            method="GET" if body is None else "PUT",
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=STATE_SECONDS) as answer:
            content: bytes = answer.read()
        return content

    def _client_options(self) -> dict[str, Any]:
        from botocore.config import Config

        return {
            "region_name": self.region,
            "endpoint_url": self.endpoint,
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
            "config": Config(
                proxies={},
                retries={"total_max_attempts": 1, "mode": "standard"},
                connect_timeout=5,
                # The longest that Lambda runs a function (Lambda developer guide, "Lambda quotas").
                read_timeout=900,
                max_pool_connections=50,
                s3={"addressing_style": "path"},
            ),
        }

    def _spawn(self) -> subprocess.Popen[str]:
        environment = {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": self.region,
            "MINISTACK_ACCOUNT_ID": self.account_id,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": "unix:///nonexistent",
            "LOG_LEVEL": "WARNING",
            # Check every call against the roles that the bundles give their functions.
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_EC2_METADATA_DISABLED": "true",
            "LAMBDA_WARM_TTL_SECONDS": "60",
            FILE_VARIABLE: str(self.clock.file),
            "MALLOC_ARENA_MAX": "2",  # glibc gives each of ministack's hundred threads a heap otherwise
        }
        if site.ENABLE_USER_SITE:
            # `pip install --user` puts packages below the home folder, and HOME is another folder here.
            environment["PYTHONUSERBASE"] = site.getuserbase()
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", str(Path(__file__).with_name("server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env=environment,
            cwd=self._folder,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read_log, args=(process,), daemon=True, name="emulator log")
        self._reader.start()
        return process

    def _read_log(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr
        with process.stderr:
            for line in process.stderr:
                try:
                    told = json.loads(line)
                except ValueError:  # not a line of its log, such as a traceback of Python itself
                    told = line.rstrip("\n")
                if isinstance(told, dict):
                    self.cloudwatch.add_run(told)
                    if not told.get("throttled"):
                        self.outcomes.add(told)
                    continue
                self.log.append(str(told))
                if (words := describe_failure(str(told))) is not None:
                    self._warn(words)

    def _wait_until_up(self) -> None:
        timer = threading.Timer(START_SECONDS, self._process.kill)
        timer.start()
        try:
            assert self._process.stdout
            line = self._process.stdout.readline()
            self._process.stdout.close()
            if not line:
                raise LocalError("\n".join(["the embedded AWS does not start:", *self.log]))
            self.endpoint = f"http://127.0.0.1:{json.loads(line)['port']}"
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"{self.endpoint}/_ministack/health", timeout=START_SECONDS) as answer:
                answer.read()
        except (urllib.error.URLError, OSError) as error:
            raise LocalError("\n".join([f"the embedded AWS does not answer: {error}", *self.log])) from None
        finally:
            timer.cancel()
