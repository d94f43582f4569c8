"""The demonstration: a town made up from a seed and whatever packs are found, with a month of history."""
