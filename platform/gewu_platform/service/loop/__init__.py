"""Commands on cases: read, decided, and everything that follows from them, in one transaction."""
