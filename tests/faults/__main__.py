"""Runs one case again: python -m tests.faults SCENARIO CALL KIND. Without CALL, lists the scenario's calls."""

from __future__ import annotations

import sys

from tests.faults.cases import DIES_AFTER, DIES_BEFORE, kinds, prepare, run_case, run_death
from tests.faults.forks import mother
from tests.faults.processes import controlled
from tests.faults.scenarios import SCENARIOS


def main(arguments: list[str]) -> None:
    """Run what the arguments name."""
    with controlled():
        name, *case = arguments or [""]
        if name not in SCENARIOS:
            print("\n".join(SCENARIOS))
            return
        prepared = prepare(SCENARIOS[name])
        if not case:
            for number, call in enumerate(prepared.calls):
                print(number, f"{call.service}.{call.operation}", str(dict(call.request))[:90])
            return
        number, kind_name = int(case[0]), case[1]
        if kind_name in (DIES_BEFORE, DIES_AFTER):
            with mother() as warm:
                run_death(prepared, warm, number, after=kind_name == DIES_AFTER)
        else:
            (kind,) = (kind for kind in kinds(prepared) if kind.name == kind_name)
            run_case(prepared, number, kind)
    print("passed")


if __name__ == "__main__":
    main(sys.argv[1:])
