"""Who sees what: which address, whose rows, which texts, and no group so small that it gives somebody away."""
