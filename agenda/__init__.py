"""The rules. Values in, values out: no I/O, no clock (`now` is always a parameter), no SQL session."""
