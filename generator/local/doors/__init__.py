"""How other programs reach a run of `leaderboards local`.

ready_file   tells them where everything is, and has the keys
game_server  the user that game servers sign as: it can write activities, and read nothing
writing      what game servers that run elsewhere may call, at the port of the pages
signature    checks how they signed it
control      commands for the run itself, such as `advance`
"""
