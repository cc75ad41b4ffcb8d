"""Numbers in, numbers out: intervals, the sequential test, noise, the search for worker counts, thresholds."""
