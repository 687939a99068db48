"""The crowd: plays candidates and recruiters, for the demo, rehearsals and benchmarks."""
