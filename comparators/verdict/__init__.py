"""Statistics: journal in, verdicts out; no drawing, no printing."""
