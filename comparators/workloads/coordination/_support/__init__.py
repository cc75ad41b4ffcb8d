"""What the coordination workloads share."""
