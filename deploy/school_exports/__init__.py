"""What a school's system would say, as a file of CloudEvents: one a line, checked and published."""
