"""How other programs reach a run of `leaderboards local`.

ready_file   tells them where everything is, and has the keys
game_server  the user that game servers sign as: it can write activities, and read nothing
control      commands for the run itself, such as `advance`
"""
