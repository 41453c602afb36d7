"""How well the assistant understands, measured on messages that no training file and no word list holds."""
