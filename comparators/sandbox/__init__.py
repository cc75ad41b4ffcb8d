"""The one way third-party code is imported or asked: in a supervised child process, with limits.

The command asks a question, see `comparators.sandbox.parent`. A child answers it, see `comparators.sandbox.child`, and
writes down which third party it is about to ask, see `comparators.sandbox.blame`. When the child hangs or dies, the
last entry names the culprit. The answer is untrusted input, see `comparators.sandbox.answers`.
"""
