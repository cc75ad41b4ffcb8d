"""The one way third-party code is imported or asked: in a supervised child process, with limits."""
