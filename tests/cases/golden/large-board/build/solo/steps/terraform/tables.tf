# The activities that game servers write. The table's stream feeds the pipe.
resource "aws_dynamodb_table" "activities" {
  #checkov:skip=CKV_AWS_28:An activity is on its way for minutes and then expires; what it gave is in the aggregates, which have point-in-time recovery.
  name                        = "vast-steps-activities"
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

# Every player's score in every window. This is the board itself, so nothing in it expires. Its stream tells a rebuild
# what has changed. It has old images too, which whoever follows a board may want: where its view changed later, it would
# have another ARN, which the provider does not see (hashicorp/terraform-provider-aws#42560).
resource "aws_dynamodb_table" "aggregates" {
  name                        = "vast-steps-aggregates"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "partition"
  range_key                   = "player_id"
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"
  deletion_protection_enabled = true

  attribute {
    name = "partition"
    type = "S"
  }

  attribute {
    name = "player_id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.board.arn
  }

  lifecycle {
    prevent_destroy = true
  }
}

# One mark for each activity that was counted or rejected, so that none counts twice.
resource "aws_dynamodb_table" "marks" {
  #checkov:skip=CKV_AWS_28:A mark expires, and a board that goes back in time goes back with its aggregates, which have point-in-time recovery.
  name                        = "vast-steps-marks"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "player_id"
  range_key                   = "activity_id"
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
