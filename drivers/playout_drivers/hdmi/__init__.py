"""HDMI: the picture in a corner of the desktop, where a sending card picks it up.

The window lives in a process of its own, because the library of a display server that dies ends the process it is in,
and a graphics driver may crash or hang: the sign's player only loses a link then, and opens it again.
"""
