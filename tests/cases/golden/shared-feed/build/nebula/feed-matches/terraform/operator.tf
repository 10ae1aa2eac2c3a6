# The permissions of whoever is on call: attach this policy to that role. It allows what `status`, `strays`, `redrive --from
# pipe` and `audit` do with the feed, and nothing else. What the stream has no more is looked for in each board: that needs the
# boards' own policies for operators.
resource "aws_iam_policy" "operator_feed" {
  name        = "fleet-feed-matches-operator"
  description = "Operate the feed fleet-feed-matches: see how it is, see strays, put them and lost batches on the bus, read the audit"
  policy      = data.aws_iam_policy_document.operator_feed.json
}

data "aws_iam_policy_document" "operator_feed" {
  #checkov:skip=CKV_AWS_356:DescribeAlarms tells of composite alarms only where it may tell of all; the policy only reads them.
  statement {
    sid = "TakeStrays"
    actions = [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
    ]
    resources = [aws_sqs_queue.strays.arn]
  }

  statement {
    sid       = "TakeDeadLetters"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.pipe_dead_letters.arn]
  }

  statement {
    sid       = "LookAtWhatTheBusLost"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.strays_dead_letters.arn]
  }

  # CloudWatch tells of composite alarms only to those who may see all alarms, and an account's limits have no ARN.
  statement {
    sid       = "ReadAlarmsAndLimits"
    actions   = ["cloudwatch:DescribeAlarms", "dynamodb:DescribeLimits"]
    resources = ["*"]
  }

  statement {
    sid       = "ReadThePipesLog"
    actions   = ["logs:FilterLogEvents"]
    resources = ["${aws_cloudwatch_log_group.pipe.arn}:*"]
  }

  # The pipe's dead letters are positions in the stream.
  statement {
    sid       = "ReadTheStream"
    actions   = ["dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [aws_dynamodb_table.activities.stream_arn]
  }

  statement {
    sid       = "PutOnTheBus"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.activities.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "events:source"
      values   = ["fleet-feed-matches"]
    }
  }

  # What is done to the feed is written into its own table. No player's id begins so, and no game server writes it.
  statement {
    sid       = "KeepTheAudit"
    actions   = ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.activities.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit"]
    }
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
}
