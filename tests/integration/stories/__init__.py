"""Stories: what people do, told through the doors of a trust whose talent and CPD really run."""
