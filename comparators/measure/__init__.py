"""Taking the samples: worker process, blocks, journal. The only place that imports pyperf."""
