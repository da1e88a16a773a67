"""CPD: courses, enrolments and the hours learners log."""
