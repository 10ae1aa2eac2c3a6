# The page. Its files keep their names when they change, so caches ask again after a minute. The tags are on the bucket
# only, because S3 allows at most ten on an object.
resource "aws_s3_object" "page_address_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/address.js"
  source        = "${path.module}/../dashboard/address.js"
  source_hash   = filemd5("${path.module}/../dashboard/address.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_api_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/api.js"
  source        = "${path.module}/../dashboard/api.js"
  source_hash   = filemd5("${path.module}/../dashboard/api.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_app_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/app.js"
  source        = "${path.module}/../dashboard/app.js"
  source_hash   = filemd5("${path.module}/../dashboard/app.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_display_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/display.js"
  source        = "${path.module}/../dashboard/display.js"
  source_hash   = filemd5("${path.module}/../dashboard/display.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_format_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/format.js"
  source        = "${path.module}/../dashboard/format.js"
  source_hash   = filemd5("${path.module}/../dashboard/format.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_index_html" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/index.html"
  source        = "${path.module}/../dashboard/index.html"
  source_hash   = filemd5("${path.module}/../dashboard/index.html")
  content_type  = "text/html; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_loading_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/loading.js"
  source        = "${path.module}/../dashboard/loading.js"
  source_hash   = filemd5("${path.module}/../dashboard/loading.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_paging_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/paging.js"
  source        = "${path.module}/../dashboard/paging.js"
  source_hash   = filemd5("${path.module}/../dashboard/paging.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_search_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/search.js"
  source        = "${path.module}/../dashboard/search.js"
  source_hash   = filemd5("${path.module}/../dashboard/search.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_state_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/state.js"
  source        = "${path.module}/../dashboard/state.js"
  source_hash   = filemd5("${path.module}/../dashboard/state.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_status_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/status.js"
  source        = "${path.module}/../dashboard/status.js"
  source_hash   = filemd5("${path.module}/../dashboard/status.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_style_css" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/style.css"
  source        = "${path.module}/../dashboard/style.css"
  source_hash   = filemd5("${path.module}/../dashboard/style.css")
  content_type  = "text/css; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_table_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/table.js"
  source        = "${path.module}/../dashboard/table.js"
  source_hash   = filemd5("${path.module}/../dashboard/table.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_theme_css" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/theme.css"
  source        = "${path.module}/../dashboard/theme.css"
  source_hash   = filemd5("${path.module}/../dashboard/theme.css")
  content_type  = "text/css; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_theme_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/theme.js"
  source        = "${path.module}/../dashboard/theme.js"
  source_hash   = filemd5("${path.module}/../dashboard/theme.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_view_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/view.js"
  source        = "${path.module}/../dashboard/view.js"
  source_hash   = filemd5("${path.module}/../dashboard/view.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "page_windows_js" {
  bucket        = aws_s3_bucket.board.id
  key           = "dashboard/windows.js"
  source        = "${path.module}/../dashboard/windows.js"
  source_hash   = filemd5("${path.module}/../dashboard/windows.js")
  content_type  = "text/javascript; charset=utf-8"
  cache_control = "public, max-age=60"
  kms_key_id    = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}
