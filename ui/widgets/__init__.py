"""The components that views are made of; each takes the `Theme` it is drawn with."""
