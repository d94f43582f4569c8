"""The hot paths as set-based SQL: reports, cases, sweeps, plans, boards, notices. Both dialects run the same text."""
