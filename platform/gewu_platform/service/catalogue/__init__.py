"""Published items: in force, since when, and whether every area has their offices."""
