# The page. Its files keep their names when they change, so caches ask again after a minute. The tags are on the bucket
# only, because S3 allows at most ten on an object.
resource "aws_s3_object" "page" {
  for_each = {
    "app.js"     = "text/javascript; charset=utf-8"
    "index.html" = "text/html; charset=utf-8"
    "style.css"  = "text/css; charset=utf-8"
    "theme.css"  = "text/css; charset=utf-8"
    "theme.js"   = "text/javascript; charset=utf-8"
    "logo.svg"   = "image/svg+xml"
  }

  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/${each.key}"
  source        = "${path.module}/../dashboard/${each.key}"
  source_hash   = filemd5("${path.module}/../dashboard/${each.key}")
  content_type  = each.value
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}
