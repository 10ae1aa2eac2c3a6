# The feed has a bundle of its own, which is applied first.
data "aws_cloudwatch_event_buses" "feed" {
  name_prefix = "fleet-feed-matches-activities"

  lifecycle {
    postcondition {
      condition     = contains(self.event_buses[*].name, "fleet-feed-matches-activities")
      error_message = "The feed matches is not applied yet: apply build/nebula/feed-matches first."
    }
  }
}

# The table has the name of the bus.
data "aws_dynamodb_table" "feed" {
  name = "fleet-feed-matches-activities"

  depends_on = [data.aws_cloudwatch_event_buses.feed]
}

# Of the feed's activities, the board gets those that its rules name, and its own probes and heartbeats.
resource "aws_cloudwatch_event_rule" "activities" {
  name           = "fleet-kills-activities"
  event_bus_name = "fleet-feed-matches-activities"
  event_pattern = jsonencode({
    source = ["fleet-feed-matches"]
    detail = { dynamodb = { NewImage = { type = { S = ["kill", "boss_kill", "#probe@kills", "#heartbeat@kills"] } } } }
  })
}

resource "aws_cloudwatch_event_target" "activities" {
  rule           = aws_cloudwatch_event_rule.activities.name
  event_bus_name = "fleet-feed-matches-activities"
  arn            = aws_sqs_queue.activities.arn
  input_path     = "$.detail"

  dead_letter_config {
    arn = aws_sqs_queue.feed_dead_letters.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 600
    maximum_retry_attempts       = 185
  }

  # The queues say who may send to them before anything is sent.
  depends_on = [aws_sqs_queue_policy.activities, aws_sqs_queue_policy.feed_dead_letters]
}
