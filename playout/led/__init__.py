"""The LED stage: tone, luminance, power estimate and cabinet map between the canvas and the driver. Pure."""
