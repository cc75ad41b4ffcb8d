"""Is this host fit to measure on, and what is its noise: facts with a verdict each, and what to do about them."""
