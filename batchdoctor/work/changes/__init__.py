"""Changes an account: plan, steps, once each, wait, and the journal of it all."""
