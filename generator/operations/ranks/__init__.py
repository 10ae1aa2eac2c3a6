"""Works on the ranks of a running board as a whole: `rebuilding` lets them be made anew."""
