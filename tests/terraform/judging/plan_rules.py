"""All rules over whole plans."""

from __future__ import annotations

from tests.terraform.judging.rules_access import ACCESS_RULES
from tests.terraform.judging.rules_alarms import ALARM_RULES
from tests.terraform.judging.rules_edge import EDGE_RULES
from tests.terraform.judging.rules_functions import FUNCTION_RULES
from tests.terraform.judging.rules_names import NAME_RULES
from tests.terraform.judging.rules_provider import PROVIDER_RULES
from tests.terraform.judging.rules_queues import QUEUE_RULES

PLAN_RULES = (*ALARM_RULES, *FUNCTION_RULES, *QUEUE_RULES, *EDGE_RULES, *ACCESS_RULES, *NAME_RULES, *PROVIDER_RULES)
