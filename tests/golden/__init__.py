"""Small data files with the values that every reader of them must find."""
