"""What all tests share."""

from hypothesis import settings

# The same examples in every run, and no deadline: on a shared machine the time of one example says nothing.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")
