"""Decides how large what makes ranks is: the rebuilder, and where one function is not enough, the assembler."""
