"""Working calendars, clocks on them, and what the clock sets off."""
