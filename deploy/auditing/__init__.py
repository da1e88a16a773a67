"""What `baton audit` does beside the verifier: reads the stores, asks the writers for proofs, and witnesses."""
