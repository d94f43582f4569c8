"""Reports there could be about an item: found with what is claimed of them, or proved not to exist."""

from gewu_dsl.worlds.worlds import Claim, Fails, Holds, Open, Undecided, Walk, World, Worlds

__all__ = ["Claim", "Fails", "Holds", "Open", "Undecided", "Walk", "World", "Worlds"]
