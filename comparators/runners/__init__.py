"""Built-in runners, one file per family of models."""
