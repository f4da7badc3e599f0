"""Quiz, Challenge and Flashcards."""
