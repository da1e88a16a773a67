"""Read models: what they are, how they are filled, built afresh, asked, and how they were at a moment."""
