"""What a change may not take away, and what it may not add to get past the gate: checks that compare two trees."""
