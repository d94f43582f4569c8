"""From resolved trees to the model: what a text means, and nothing of how it was written.

Only declarations without errors are lowered; every name in them is bound and every value fits.
"""

from gewu_dsl.lower.items import lower_item, lower_register

__all__ = ["lower_item", "lower_register"]
