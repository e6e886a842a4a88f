"""Reports: the numbers of the gym, the rows behind each, who is about to leave, and the month on paper."""
