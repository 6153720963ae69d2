"""The programs the development stack runs, one module a part."""
