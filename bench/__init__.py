"""What the database costs, as ratios: data of any size, the suites that measure it, the report."""
