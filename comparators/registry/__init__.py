"""What there is: catalogue, entry points, object references."""
