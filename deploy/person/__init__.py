"""A person's rights over their data, as an operator carries them out: given what is held, put right what is wrong."""
