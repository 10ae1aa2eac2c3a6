# One key encrypts all that the board stores: tables, queues, bucket, logs and alarm messages.
resource "aws_kms_key" "board" {
  description             = "Leaderboard vast-steps"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "board" {
  name          = "alias/vast-steps"
  target_key_id = aws_kms_key.board.key_id
}

# In a key policy, the resource "*" is the key that the policy belongs to.
data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:In a key policy the resource * means this key only; the account's own IAM policies say who may use it.
  #checkov:skip=CKV_AWS_111:In a key policy the resource * means this key only; the account's own IAM policies say who may use it.
  #checkov:skip=CKV_AWS_356:In a key policy the resource * means this key only; the account's own IAM policies say who may use it.

  # Without this statement nobody could manage the key, and no IAM policy could grant its use.
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid       = "LogGroupsOfThisBoard"
    actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.eu-west-1.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        "arn:aws:logs:eu-west-1:${data.aws_caller_identity.current.account_id}:log-group:/aws/lambda/vast-steps-*",
        "arn:aws:logs:eu-west-1:${data.aws_caller_identity.current.account_id}:log-group:/aws/vendedlogs/pipes/vast-steps-*",
      ]
    }
  }

  statement {
    sid       = "AlarmsToTheirTopic"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    # By name, because alarms are made after the key.
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:cloudwatch:eu-west-1:${data.aws_caller_identity.current.account_id}:alarm:vast-steps-*"]
    }
  }

  # This allows any distribution of the account, because the board's own cannot exist before the key does. The bucket's
  # policy lets only the board's own distribution read.
  statement {
    sid       = "PageThroughCloudFront"
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:cloudfront::${data.aws_caller_identity.current.account_id}:distribution/*"]
    }
  }
}
