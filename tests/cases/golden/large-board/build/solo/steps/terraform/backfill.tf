# The permissions of whoever loads activities of the past: attach this policy to that role, for as long as it takes. It
# allows what the command `backfill` does, and nothing else.
resource "aws_iam_policy" "backfill" {
  name        = "vast-steps-backfill"
  description = "Load activities of the past into the leaderboard vast-steps"
  policy      = data.aws_iam_policy_document.backfill.json
}

data "aws_iam_policy_document" "backfill" {
  statement {
    sid       = "WriteActivities"
    actions   = ["dynamodb:PutItem", "dynamodb:BatchGetItem"]
    resources = [aws_dynamodb_table.activities.arn]

    # Ids that begin so are those of items that the board writes itself.
    condition {
      test     = "ForAllValues:StringNotLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["#*"]
    }
  }

  # A grant lets activities be older than game servers may write them.
  statement {
    sid       = "GrantAndWriteTheAudit"
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit", "#grants"]
    }
  }

  statement {
    sid       = "CompleteTheAudit"
    actions   = ["dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit"]
    }
  }

  # What became of an activity.
  statement {
    sid       = "ReadMarks"
    actions   = ["dynamodb:BatchGetItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#grants"]
    }
  }

  # Which windows have opened or are closed, and who was erased.
  statement {
    sid       = "ReadWindows"
    actions   = ["dynamodb:GetItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.aggregates.arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["#*"]
    }
  }

  statement {
    sid       = "SeeTheQueues"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
    resources = [aws_sqs_queue.activities.arn, aws_sqs_queue.activities_dead_letters.arn]
  }

  # A service uses the key for a role that may use the service's resource; the role itself can decrypt nothing.
  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.eu-west-1.amazonaws.com"]
    }
  }
}
