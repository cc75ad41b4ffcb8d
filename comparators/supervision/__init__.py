"""Worker processes under supervision: trees that are ended whole, deadlines, limits. Standard library only."""
