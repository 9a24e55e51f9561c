"""The player: inputs, resolve, scenes, the tick, and the outputs. One process a screen."""
