output "activities_table" {
  description = "Table that game servers write activities into"
  value       = data.aws_dynamodb_table.feed.name
}

output "operator_policy_arn" {
  description = "IAM policy for whoever is on call: see what was rejected, put it back, read the audit"
  value       = aws_iam_policy.operator.arn
}

output "operator_players_policy_arn" {
  description = "IAM policy for whoever decides about players: show, correct, hide, rename, restore, erase"
  value       = aws_iam_policy.operator_players.arn
}

output "replay_policy_arn" {
  description = "IAM policy for whoever replays a window: count it anew by the rules of now"
  value       = aws_iam_policy.replay.arn
}

output "api_url" {
  description = "The API, without /v1/...; requests are signed with SigV4"
  value       = "https://${aws_lambda_function_url.api.url_id}.lambda-url.eu-west-1.on.aws"
}

output "key_arn" {
  description = "KMS key that encrypts all that the board stores"
  value       = aws_kms_key.board.arn
}

output "reader_policy" {
  description = "IAM policy that a principal of another account needs to call the API"
  value       = data.aws_iam_policy_document.reader.json
}

output "aggregates_table" {
  description = "Table of every player's score in every window"
  value       = aws_dynamodb_table.aggregates.name
}

output "marks_table" {
  description = "Table of the activities that have been decided on"
  value       = aws_dynamodb_table.marks.name
}

output "bucket" {
  description = "Bucket of the page and the snapshots"
  value       = aws_s3_bucket.board.bucket
}

output "queue_url" {
  description = "Queue between the feed and the processor"
  value       = aws_sqs_queue.activities.url
}

output "dead_letter_queue_url" {
  description = "Activities that could not be processed"
  value       = aws_sqs_queue.activities_dead_letters.url
}

output "feed_dead_letter_queue_url" {
  description = "Activities that the feed could not deliver to the queue"
  value       = aws_sqs_queue.feed_dead_letters.url
}

output "schedule_dead_letter_queue_url" {
  description = "Rebuilds that could not be started, or failed"
  value       = aws_sqs_queue.schedule_dead_letters.url
}

output "alarm_topic_arn" {
  description = "Topic that tells when the board is unhealthy"
  value       = aws_sns_topic.alarms.arn
}

output "processor_function" {
  description = "Function that counts activities"
  value       = aws_lambda_function.processor.function_name
}

output "rebuilder_function" {
  description = "Function that makes snapshots"
  value       = aws_lambda_function.rebuilder.function_name
}

output "api_function" {
  description = "Function that answers the API"
  value       = aws_lambda_function.api.function_name
}
