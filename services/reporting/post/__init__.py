"""Post: what somebody has asked to be told by e-mail, written by the clock and sent once."""
