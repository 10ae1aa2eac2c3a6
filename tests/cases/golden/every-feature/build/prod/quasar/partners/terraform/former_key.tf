# If the bundle once made a key for the board, AWS keeps it: a deleted key is of no use at once, and all that lies under it
# is lost with it. Terraform only lets go of it. The README says when it may be deleted, which is done by hand.
removed {
  from = aws_kms_key.board

  lifecycle {
    destroy = false
  }
}
