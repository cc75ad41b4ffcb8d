"""The second wing: primitives per model, what their operations cost, what goes wrong without them."""
