"""Tables and figures of the coordination wing."""
