"""Apps on a whole stack, with its community."""

from tests.plugins.stack import shared_stack

seeded_stack = shared_stack(seed=True)
