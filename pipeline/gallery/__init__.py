"""What a corpus holds, for people: statistics."""
