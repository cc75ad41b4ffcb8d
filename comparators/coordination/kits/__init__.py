"""The primitives of each model."""
