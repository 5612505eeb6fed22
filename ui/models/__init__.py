"""What views show, as data: item models for long lists, and the unsaved answers of a case."""
