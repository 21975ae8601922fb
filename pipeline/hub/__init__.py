"""The way to the Hugging Face hub: what a corpus or a tuned model says of itself, and what is uploaded of it."""
