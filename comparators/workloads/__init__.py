"""Built-in workloads, one file each."""
