"""What at least two views use: the base class, the linker, packed arrays, drawings."""
