"""What a person asks for: options and arguments, parsed and checked once."""
