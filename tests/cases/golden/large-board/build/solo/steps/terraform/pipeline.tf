# The pipe carries each new activity from the table's stream to the queue.
resource "aws_pipes_pipe" "activities" {
  name     = "vast-steps-activities"
  role_arn = aws_iam_role.pipe.arn
  source   = aws_dynamodb_table.activities.stream_arn
  target   = aws_sqs_queue.activities.arn

  source_parameters {
    dynamodb_stream_parameters {
      # From the oldest record on: what was written before the pipe was created counts too.
      starting_position                  = "TRIM_HORIZON"
      batch_size                         = 10
      maximum_batching_window_in_seconds = 1
      parallelization_factor             = 5
      on_partial_batch_item_failure      = "AUTOMATIC_BISECT"
      maximum_retry_attempts             = 1000
      # The stream keeps records for 24 hours, so 23 hours are left to redrive a dead letter.
      maximum_record_age_in_seconds = 3600

      dead_letter_config {
        arn = aws_sqs_queue.pipe_dead_letters.arn
      }
    }

    filter_criteria {
      filter {
        pattern = jsonencode({
          eventName = ["INSERT"]
        })
      }
    }
  }

  # What the pipe could not do, without the activities themselves: they would bring players' names into the log.
  log_configuration {
    level = "ERROR"

    cloudwatch_logs_log_destination {
      log_group_arn = aws_cloudwatch_log_group.pipe.arn
    }
  }

  depends_on = [time_sleep.pipe_source]
}

# When AWS creates a pipe, it reads the stream and sends to the dead-letter queue with the pipe's role. Of a new role, stream
# or queue it knows only after a while: "Cannot access stream" (terraform-provider-aws#40572, where 90 seconds were too few),
# "Error occurred while sending message to SQS queue" (serverless-patterns#1857). Waiting loses nothing: the pipe then reads
# from the stream's oldest record on.
resource "time_sleep" "pipe_source" {
  create_duration = "120s"

  triggers = {
    stream = aws_dynamodb_table.activities.stream_arn
  }

  depends_on = [
    aws_iam_role_policy.pipe,
    aws_sqs_queue_policy.activities,
    aws_sqs_queue_policy.pipe_dead_letters,
  ]
}

# Below /aws/vendedlogs/ CloudWatch Logs lets AWS's services write by itself, without a policy for each log group (Amazon
# CloudWatch Logs user guide, "Logs sent to CloudWatch Logs").
resource "aws_cloudwatch_log_group" "pipe" {
  name              = "/aws/vendedlogs/pipes/vast-steps-activities"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.board.arn
}

resource "aws_iam_role" "pipe" {
  name               = "vast-steps-pipe"
  assume_role_policy = data.aws_iam_policy_document.pipe_assume.json
}

data "aws_iam_policy_document" "pipe_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["pipes.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:aws:pipes:eu-west-1:${data.aws_caller_identity.current.account_id}:pipe/vast-steps-activities"]
    }
  }
}

resource "aws_iam_role_policy" "pipe" {
  name   = "pipe"
  role   = aws_iam_role.pipe.id
  policy = data.aws_iam_policy_document.pipe.json
}

data "aws_iam_policy_document" "pipe" {
  statement {
    sid       = "ReadTheStream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [aws_dynamodb_table.activities.stream_arn]
  }

  statement {
    sid       = "SendActivitiesAndDeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.activities.arn, aws_sqs_queue.pipe_dead_letters.arn]
  }

  # A service uses the key for a role that may use the service's resource; the role itself can decrypt nothing.
  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "EncryptThroughServices"
    actions   = ["kms:GenerateDataKey"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.eu-west-1.amazonaws.com"]
    }
  }
}
