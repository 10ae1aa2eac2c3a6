# The page. Its files keep their names when they change, so caches ask again after a minute. The tags are on the bucket
# only, because S3 allows at most ten on an object.
resource "aws_s3_object" "page" {
  for_each = {
    "app.js"     = "text/javascript; charset=utf-8"
    "index.html" = "text/html; charset=utf-8"
    "style.css"  = "text/css; charset=utf-8"
    "theme.css"  = "text/css; charset=utf-8"
    "theme.js"   = "text/javascript; charset=utf-8"
  }

  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/${each.key}"
  source        = "${path.module}/../dashboard/${each.key}"
  source_hash   = filemd5("${path.module}/../dashboard/${each.key}")
  content_type  = each.value
  cache_control = "public, max-age=60"
  kms_key_id    = aws_kms_key.board.arn

  override_provider {
    default_tags {
      tags = {}
    }
  }
}
