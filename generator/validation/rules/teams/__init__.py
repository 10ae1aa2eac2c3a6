"""Rules between teams: what no board may override, how much a team may have, whose file holds whose boards."""
