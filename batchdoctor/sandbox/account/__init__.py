"""The account's state: what there is, how it moves with time, and what actions do to it."""
