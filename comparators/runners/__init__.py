"""Built-in runners, one file per model of models."""
