"""An item's rules as Python that is compiled once, and the decisions they take."""

from gewu_dsl.rules.context import Context, normalise_context
from gewu_dsl.rules.ruleset import Outcome, Rules, compile_rules
from gewu_dsl.rules.sheet import Sheet, read_sheet

__all__ = ["Context", "Outcome", "Rules", "Sheet", "compile_rules", "normalise_context", "read_sheet"]
