# One private bucket, with the page in dashboard/ and the rebuilder's snapshots in snapshots/.
resource "aws_s3_bucket" "board" {
  #checkov:skip=CKV_AWS_18:It is read by one distribution and two functions only, and holds what the public API answers; CloudTrail tells who changed it.
  #checkov:skip=CKV_AWS_144:A copy elsewhere would be older than what one rebuild makes from the tables, which have point-in-time recovery.
  #checkov:skip=CKV2_AWS_62:Nothing has to be notified when an object is written.
  bucket        = "vast-steps-${data.aws_caller_identity.current.account_id}"
  force_destroy = false

  lifecycle {
    prevent_destroy = true
  }
}

# S3 refuses two changes of one bucket at the same time: "OperationAborted" (terraform-provider-aws#33478). So each setting
# waits for the one before it.
resource "aws_s3_bucket_public_access_block" "board" {
  bucket                  = aws_s3_bucket.board.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "board" {
  bucket = aws_s3_bucket.board.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }

  depends_on = [aws_s3_bucket_public_access_block.board]
}

resource "aws_s3_bucket_versioning" "board" {
  bucket = aws_s3_bucket.board.id

  versioning_configuration {
    status = "Enabled"
  }

  depends_on = [aws_s3_bucket_ownership_controls.board]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "board" {
  bucket = aws_s3_bucket.board.id

  rule {
    bucket_key_enabled       = true
    blocked_encryption_types = ["SSE-C"]

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.board.arn
    }
  }

  depends_on = [aws_s3_bucket_versioning.board]
}

# The rebuilder deletes snapshots that nothing refers to. Their old versions are removed a day later.
resource "aws_s3_bucket_lifecycle_configuration" "board" {
  bucket = aws_s3_bucket.board.id

  rule {
    id     = "forget-what-was-deleted"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  # A rule about versions needs versioning to be enabled before it.
  depends_on = [aws_s3_bucket_server_side_encryption_configuration.board]
}

resource "aws_s3_bucket_policy" "board" {
  bucket = aws_s3_bucket.board.id
  policy = data.aws_iam_policy_document.bucket.json

  depends_on = [aws_s3_bucket_lifecycle_configuration.board]
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.board.arn, "${aws_s3_bucket.board.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "PageThroughCloudFront"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.board.arn}/dashboard/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.board.arn]
    }
  }
}
