output "activities_table" {
  description = "Table that game servers write activities into"
  value       = aws_dynamodb_table.activities.name
}

output "producer_policy_arn" {
  description = "IAM policy for game servers: write activities, nothing else"
  value       = aws_iam_policy.producer.arn
}

output "backfill_policy_arn" {
  description = "IAM policy for whoever loads activities of the past"
  value       = aws_iam_policy.backfill.arn
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

output "page_url" {
  description = "The public page"
  value       = "https://${aws_cloudfront_distribution.board.domain_name}/"
}

output "api_url" {
  description = "The API, without /v1/..."
  value       = "https://${aws_cloudfront_distribution.board.domain_name}"
}

output "distribution_domain" {
  description = "Domain of the distribution: the target of the CNAME or alias record of api.domain"
  value       = aws_cloudfront_distribution.board.domain_name
}

output "distribution_hosted_zone_id" {
  description = "Route 53 hosted zone of the distribution, for an alias record"
  value       = aws_cloudfront_distribution.board.hosted_zone_id
}

output "distribution_id" {
  description = "Id of the distribution, for an invalidation and for its metrics"
  value       = aws_cloudfront_distribution.board.id
}

output "key_arn" {
  description = "KMS key that encrypts all that the board stores"
  value       = aws_kms_key.board.arn
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
  description = "Queue between the pipe and the processor"
  value       = aws_sqs_queue.activities.url
}

output "dead_letter_queue_url" {
  description = "Activities that could not be processed"
  value       = aws_sqs_queue.activities_dead_letters.url
}

output "pipe_dead_letter_queue_url" {
  description = "Positions in the stream that the pipe could not deliver"
  value       = aws_sqs_queue.pipe_dead_letters.url
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

output "assembler_function" {
  description = "Function that makes parts of ranks"
  value       = aws_lambda_function.assembler.function_name
}

output "assembly_arn" {
  description = "State machine that has the ranks of large windows made part by part"
  value       = aws_sfn_state_machine.assembly.arn
}
