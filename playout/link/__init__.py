"""Byte pipes to devices: they map the errors of the operating system to ours and know nothing of any protocol."""
