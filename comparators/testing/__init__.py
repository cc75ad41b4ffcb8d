"""The rules that every workload and every runner keeps, as checks that anybody can run on a class of their own.

    from comparators.testing import check_runner, check_workload

    def test_contract():
        check_workload(MyWorkload)
        check_runner(MyRunner, method="imap")

They need no test framework: they return, or raise `ContractViolation` with the name of the rule. `WORKLOAD_RULES` and
`RUNNER_RULES` have the rules one by one, for a test per rule.
"""

from comparators.errors import ContractViolation
from comparators.testing.runner_rules import RUNNER_RULES, check_runner, check_runner_rule
from comparators.testing.workload_rules import WORKLOAD_RULES, check_workload, check_workload_rule

__all__ = [
    "RUNNER_RULES",
    "WORKLOAD_RULES",
    "ContractViolation",
    "check_runner",
    "check_runner_rule",
    "check_workload",
    "check_workload_rule",
]
