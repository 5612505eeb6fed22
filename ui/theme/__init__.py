"""The visual language as data: tokens, palette, style sheet, type, icons, gathered in one `Theme`."""
