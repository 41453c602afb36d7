"""The assistant's actions: thin, flat, and without decisions of their own."""
