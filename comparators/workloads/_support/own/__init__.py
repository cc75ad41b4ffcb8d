"""What a person's own function needs to be a workload: how it is called, its items, its set-up, whether it travels."""
