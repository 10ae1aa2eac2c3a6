"""Chooses what of the functions' libraries goes into their layer: what they import, and nothing else.

boto3 is among them, although Lambda has one: Lambda's is of no certain version, and conditional writes to S3 need
botocore 1.35.69. Of botocore's descriptions of AWS's services, only those that the functions call are taken.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

LIBRARIES = (
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "s3transfer",
    "six",
    "typing_extensions",
    "tzdata",
    "urllib3",
)
"""The packages that the functions import, and those that these import. All are pure Python."""

SERVICES = ("dynamodb", "dynamodbstreams", "events", "s3", "stepfunctions")
"""The AWS services that the functions call, by boto3's names."""

UTILITIES = ("data_classes", "jmespath_utils", "typing")
"""The parts of Powertools' `utilities` that its event handler and logger import. Other parts need more libraries."""

_DISTRIBUTIONS = {"dateutil": "python_dateutil"}
"""Names under which libraries are distributed, where they differ from the package's."""

_IDLE = frozenset(
    {
        "aws_lambda_powertools/event_handler/openapi/swagger_ui",  # web pages that no function serves
        "boto3/data",  # for boto3's resources; the functions use its clients
        "boto3/examples",
        "dateutil/zoneinfo",  # time zones, which the functions take from tzdata
        "urllib3/contrib/emscripten",  # for Python in a browser
    }
)
"""Folders that no function reads, by path in the layer."""

_TERMS = re.compile("LICEN|NOTICE")
"""What is in the names of the files with a library's license."""

_DATA = "botocore/data"
_ENDPOINTS = f"{_DATA}/endpoints.json"
_OTHER_NAMES = ("states", "streams.dynamodb")
"""What the list of endpoints calls the services whose folders are "stepfunctions" and "dynamodbstreams"."""
_SHARED_DATA = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
"""Files of botocore's data that every client reads."""
_UNREAD = ("examples-1.json", "waiters-2.json")
"""Files of a service's data that the functions do not read."""


def read_layer() -> dict[str, bytes]:
    """Read the files of the layer: path in the layer -> content."""
    files = {path: _read(file) for path, file in list_layer_files().items()}
    endpoints = f"python/{_ENDPOINTS}"
    files[endpoints] = _select_endpoints(files[endpoints])
    return files


def _read(file: str) -> bytes:
    with open(file, "rb", buffering=0) as opened:  # noqa: PTH123 - a thousand files, and a `Path` of each takes as long
        return opened.read()


def list_layer_files() -> dict[str, str]:
    """List the files of the layer: path in the layer -> file on this machine."""
    files: dict[str, str] = {}
    installed = cache(os.listdir)
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{name} is not installed; the functions need it", name=name)
        origin = Path(spec.origin)
        if spec.submodule_search_locations:
            site = origin.parent.parent
            files |= _list_files(origin.parent, site)
        else:
            site = origin.parent
            files[f"python/{origin.name}"] = str(origin)
        for folder in installed(site):
            if folder.startswith(f"{_DISTRIBUTIONS.get(name, name)}-") and folder.endswith(".dist-info"):
                # Apache's license asks for its notices to be passed on.
                files |= {path: file for path, file in _list_files(site / folder, site).items() if _TERMS.search(path)}
    return files


def _list_files(top: Path, site: Path) -> dict[str, str]:
    """List the files below a folder that the functions need, by their paths in the layer."""
    files: dict[str, str] = {}
    for folder, folders, names in os.walk(top):
        inside = folder[len(str(site)) + 1 :].replace(os.sep, "/")
        if inside == _DATA:
            folders[:], names = list(SERVICES), list(_SHARED_DATA)
        elif inside.startswith(f"{_DATA}/"):
            # A folder for each version of the service's API: boto3 uses the newest.
            folders[:] = sorted(folders)[-1:]
            names = [name for name in names if name not in _UNREAD]
        else:
            folders[:] = [name for name in folders if _is_needed(inside, name)]
        files |= {f"python/{inside}/{name}": f"{folder}{os.sep}{name}" for name in names}
    return files


def _is_needed(folder: str, name: str) -> bool:
    """Whether a folder of a library is needed, by the path of the folder above it and its own name."""
    if folder.endswith("powertools/utilities"):
        return name in UTILITIES
    return name != "__pycache__" and f"{folder}/{name}" not in _IDLE


def _select_endpoints(content: bytes) -> bytes:
    """Leave only the services that the functions call in botocore's list of endpoints, which has 1.2 MB."""
    document: dict[str, Any] = json.loads(content)
    for partition in document["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in (*SERVICES, *_OTHER_NAMES) if name in services}
    return json.dumps(document, separators=(",", ":")).encode()
