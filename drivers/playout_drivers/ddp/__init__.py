"""DDP: pixels in UDP packets, as many pixel gateways and LED controllers take them."""
