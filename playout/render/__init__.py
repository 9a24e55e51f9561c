"""From a programme to pixels: scenes are drawn ahead of time, frames are composed from them on the tick."""
