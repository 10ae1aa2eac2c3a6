output "activities_table" {
  description = "Table that game servers write activities into"
  value       = aws_dynamodb_table.activities.name
}

output "producer_policy_arn" {
  description = "IAM policy for game servers: write activities, nothing else"
  value       = aws_iam_policy.producer.arn
}

output "operator_policy_arn" {
  description = "IAM policy for whoever is on call: strays, lost batches, the audit"
  value       = aws_iam_policy.operator_feed.arn
}

output "bus_name" {
  description = "Bus on which each board has a rule"
  value       = aws_cloudwatch_event_bus.activities.name
}

output "key_arn" {
  description = "KMS key that encrypts all that the feed stores"
  value       = aws_kms_key.board.arn
}

output "strays_queue_url" {
  description = "Activities that no board counts"
  value       = aws_sqs_queue.strays.url
}

output "pipe_dead_letter_queue_url" {
  description = "Positions in the stream that the pipe could not deliver"
  value       = aws_sqs_queue.pipe_dead_letters.url
}

output "alarm_topic_arn" {
  description = "Topic that tells when the feed is unhealthy"
  value       = aws_sns_topic.alarms.arn
}
