"""The picture sink: every n-th frame as a PNG file."""
