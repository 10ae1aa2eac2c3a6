"""Operations on a running board, in AWS or on this machine. Each module holds one; `running_board` finds the board,
and `local_run` the run of `leaderboards local` that it is in.

recording   write one activity as a game server does, and follow it until it ranks; `activity_item` makes it,
            `foreseeing` judges it before it is written, `recorded_board` finds the board
status      say whether boards are well, one or all of them
rejections  list the activities that the board rejected, or count them
redrives    put back what was left behind: rejected activities, and what lies in the dead-letter queues
audit       what people did to the board
following   say what became of what was put back
simulating  let the board's simulator write made-up activities
rehearsing  move the clock of a local run ahead, and tell what followed; `event_text` words the events
"""
