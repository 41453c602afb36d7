"""What a customer's message says: Rasa graph components, one per file."""
