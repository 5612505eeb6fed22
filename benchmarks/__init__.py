"""Measurements of what the user waits for, each beside the floor that the libraries need, taken in the same run."""
