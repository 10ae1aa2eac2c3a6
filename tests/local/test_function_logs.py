"""What a function has written into its log is of the run that wrote it, however late it is read."""

from __future__ import annotations

import json

from tests.support.paths import REPOSITORY
from tests.support.processes import finish, start_python

PROGRAM = """
import io, json, sys, time, zipfile
from generator.local.emulator import logs
from ministack.core import lambda_runtime

def read_late(worker):
    for line in worker._proc.stderr:
        time.sleep(0.2)
        worker._stderr_queue.put(line.rstrip("\\n"))

lambda_runtime.Worker._read_stderr = read_late
logs.read_logs_to_their_end()
logs.ORPHANED_SECONDS = 5.0  # a machine may stand still for some seconds
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("play.py", sys.argv[1])
arn = "arn:aws:lambda:eu-central-1:111111111111:function:play"
config = {"FunctionArn": arn, "Runtime": "python3.13", "Handler": "play.run", "Timeout": 60}
worker = lambda_runtime.Worker("play", config, code.getvalue())
answers = [worker.invoke(event, "r") for event in json.loads(sys.argv[2])]
worker.kill()
print(json.dumps([[answer["status"], answer.get("result"), answer["log"]] for answer in answers]))
"""
PLAY = """
import os, subprocess, sys
def run(event, context):
    print(event, "begins")
    if event == "fails":
        raise ValueError(event)
    if event == "dies":
        subprocess.Popen(["sleep", "30"], stdout=subprocess.DEVNULL)
        os._exit(1)
    if event == "silent":
        return event
    sys.stderr.write("two\\nthree" if event == "unfinished" else "two\\nthree\\n")
    return event
"""


def test_a_run_has_the_whole_log_that_it_wrote() -> None:
    events = ["first", "second", "unfinished", "silent", "fails", "after", "dies", "last"]
    process = start_python("-c", PROGRAM, PLAY, json.dumps(events), cwd=REPOSITORY)
    out, err = finish(process)
    assert process.returncode == 0, err
    logs = {event: log for event, (_, _, log) in zip(events, json.loads(out), strict=True)}
    told = "\ntwo\nthree"
    assert logs == {
        "first": f"first begins{told}",
        "second": f"second begins{told}",
        "unfinished": f"unfinished begins{told}",
        "silent": "silent begins",
        "fails": "fails begins",
        "after": f"after begins{told}",
        "dies": "dies begins",
        "last": f"last begins{told}",
    }
