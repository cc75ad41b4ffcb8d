"""In the command: profile, pilot, blocks, time budget, pyperf in and out."""
