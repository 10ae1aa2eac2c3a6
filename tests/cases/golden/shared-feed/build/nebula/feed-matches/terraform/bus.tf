# The bus hands each activity to every board whose rule takes it. Boards make their rules in their own bundles. What is on
# its way here, for seconds, lies under a key that AWS owns (EventBridge user guide, "Data encryption in EventBridge").
resource "aws_cloudwatch_event_bus" "activities" {
  name = "fleet-feed-matches-activities"
}

# What no board's rule can take, since rules name only types that the feed has.
resource "aws_cloudwatch_event_rule" "strays" {
  name           = "fleet-feed-matches-strays"
  event_bus_name = aws_cloudwatch_event_bus.activities.name
  event_pattern = jsonencode({
    source = ["fleet-feed-matches"]
    detail = { dynamodb = { NewImage = { type = { S = [{ "anything-but" = ["boss_kill", "kill", "lap"] }, { exists = false }] } }, Keys = { player_id = { S = [{ "anything-but" = { prefix = "#" } }] } } } }
  })
}

resource "aws_cloudwatch_event_target" "strays" {
  rule           = aws_cloudwatch_event_rule.strays.name
  event_bus_name = aws_cloudwatch_event_bus.activities.name
  arn            = aws_sqs_queue.strays.arn
  input_path     = "$.detail"

  dead_letter_config {
    arn = aws_sqs_queue.strays_dead_letters.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 600
    maximum_retry_attempts       = 185
  }

  # The queues say who may send to them before anything is sent.
  depends_on = [aws_sqs_queue_policy.strays, aws_sqs_queue_policy.strays_dead_letters]
}
