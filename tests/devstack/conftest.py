"""The development stack itself."""

from tests.plugins.stack import shared_stack

stack = shared_stack()
