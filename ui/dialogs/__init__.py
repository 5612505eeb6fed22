"""The few windows beside the main one: file choosers and the list of shortcuts."""
