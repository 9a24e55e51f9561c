"""The memory sink: frames for tests and for a screen that has no panel yet."""
