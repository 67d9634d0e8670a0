"""The demonstration trust: three invented schools, generated from a fixed seed. Nobody in it exists."""

SEED = 1119
