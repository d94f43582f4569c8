"""The journal told in words, replayed, compared with the rows, and verified."""
