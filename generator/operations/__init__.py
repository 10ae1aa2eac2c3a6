"""Operations on a running board, in AWS or on this machine. Each module holds one; `running_board` finds the board.

rejections  list the activities that the board rejected
redriving   put rejected activities, or dead letters, back on the board's queue
simulating  let the board's simulator write made-up activities
"""
