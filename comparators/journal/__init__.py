"""The journal on disk: records, codec, writer, reader, index, lock."""
