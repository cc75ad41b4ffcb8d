"""Inside the measuring process: timing, tracing, counters."""
