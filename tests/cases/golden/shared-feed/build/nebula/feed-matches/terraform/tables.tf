# The activities that game servers write. The table's stream feeds the pipe.
resource "aws_dynamodb_table" "activities" {
  #checkov:skip=CKV_AWS_28:An activity is on its way for minutes and then expires; what it gave is in the aggregates, which have point-in-time recovery.
  name                        = "fleet-feed-matches-activities"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "player_id"
  range_key                   = "activity_id"
  stream_enabled              = true
  stream_view_type            = "NEW_IMAGE"
  deletion_protection_enabled = true

  attribute {
    name = "player_id"
    type = "S"
  }

  attribute {
    name = "activity_id"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  # Written out: without the block the provider leaves as it is what an earlier release has switched on.
  point_in_time_recovery {
    enabled = false
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.board.arn
  }

  lifecycle {
    prevent_destroy = true
  }
}
