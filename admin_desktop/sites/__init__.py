"""Sites and rules: where the gym is, when it is open, and every policy of its doors."""
