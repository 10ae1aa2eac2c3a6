"""The models of what holds between teams: what nobody may override, how much a team may have, who reviews its files."""
