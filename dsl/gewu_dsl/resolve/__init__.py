"""From trees to names: which declaration every name of a compilation stands for.

Declaration order is irrelevant and files see each other. Nothing is reported here: names that stand for nothing and
names declared twice are kept as values, and the checks put them into words.
"""

from gewu_dsl.resolve.unit import Memory, resolve

__all__ = ["Memory", "resolve"]
