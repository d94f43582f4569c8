"""Why this office, this severity and this deadline, and what would have changed them."""
