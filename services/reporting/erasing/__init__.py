"""Who was erased: what reporting clears, and what became of an erasure everywhere."""
