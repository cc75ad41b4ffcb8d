"""Taking the samples: worker process, supervisor, blocks, journal. The only place that imports pyperf."""
