"""The parts of ``benchmarks.sync``: the hall, the load on it, what the same rows cost bare."""
