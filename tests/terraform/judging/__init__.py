"""Judges what a bundle would ask of AWS by what AWS publishes: emulators let much pass that AWS refuses.

`judge` looks at one request: by botocore's service models (`models`), its policies by what IAM knows (`policies`), and
by rules from the documentation and public issues (`requests`). `judge_plan` looks at the resources of a whole plan,
because most rules are about two resources: an alarm and its queue, a queue and its function.
"""

from tests.terraform.judging.plan import Plan, Resource, read_module, read_show
from tests.terraform.judging.verdict import judge, judge_plan

__all__ = ["Plan", "Resource", "judge", "judge_plan", "read_module", "read_show"]
