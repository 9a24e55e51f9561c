"""The media program: turns supplied files into raw pixels, apart from everything that drives the panel."""
