# The only public entry: it serves the page from the bucket, and the API below /v1/.
resource "aws_cloudfront_distribution" "board" {
  #checkov:skip=CKV_AWS_68:Everything it serves is public, read-only and cached; api.web_acl_arn puts a web ACL before it.
  #checkov:skip=CKV2_AWS_47:Nothing behind it runs Java, so there is no Log4j to guard.
  #checkov:skip=CKV_AWS_86:Readers are anonymous; access logs would only keep their addresses, and metrics show errors and load.
  #checkov:skip=CKV_AWS_174:CloudFront sets the protocol of its own domain; with api.domain and api.certificate_arn it is TLS 1.2 and up.
  #checkov:skip=CKV2_AWS_42:CloudFront's own domain and certificate serve until api.domain and api.certificate_arn are given.
  #checkov:skip=CKV_AWS_310:Page and snapshots live in one bucket; a second origin would have nothing to serve.
  #checkov:skip=CKV_AWS_374:Players may be in any country, so no country is blocked.
  comment             = "Leaderboard vast-steps"
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  default_root_object = "index.html"

  origin {
    origin_id                = "page"
    domain_name              = aws_s3_bucket.board.bucket_regional_domain_name
    origin_path              = "/dashboard"
    origin_access_control_id = aws_cloudfront_origin_access_control.page.id
  }

  origin {
    origin_id                = "api"
    domain_name              = "${aws_lambda_function_url.api.url_id}.lambda-url.eu-west-1.on.aws"
    origin_access_control_id = aws_cloudfront_origin_access_control.api.id

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "page"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    compress               = true

    cache_policy_id            = data.aws_cloudfront_cache_policy.optimized.id
    response_headers_policy_id = data.aws_cloudfront_response_headers_policy.security.id
  }

  ordered_cache_behavior {
    path_pattern               = "/v1/*"
    target_origin_id           = "api"
    viewer_protocol_policy     = "https-only"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    response_headers_policy_id = data.aws_cloudfront_response_headers_policy.security.id
    # The API's Cache-Control header decides how long an answer is cached, up to a day.
    min_ttl     = 0
    default_ttl = 0
    max_ttl     = 86400

    # No managed cache policy: those that forward the query string also forward Host, which a function URL refuses.
    forwarded_values {
      # All parameters are part of the cache key: the API refuses those that it does not have, and nobody's mistake may
      # become another's answer. Empty, because the provider leaves a list that is left out as it was.
      query_string            = true
      query_string_cache_keys = []

      cookies {
        forward = "none"
      }
    }
  }

  # CloudFront would cache error answers for ten seconds, whatever the API says. That is too long for a player who has
  # just joined, and for a board that has recovered. It caches no 410 and no 429.
  custom_error_response {
    error_code            = 400
    error_caching_min_ttl = 1
  }

  custom_error_response {
    error_code            = 403
    error_caching_min_ttl = 1
  }

  custom_error_response {
    error_code            = 404
    error_caching_min_ttl = 1
  }

  custom_error_response {
    error_code            = 405
    error_caching_min_ttl = 1
  }

  custom_error_response {
    error_code            = 500
    error_caching_min_ttl = 0
  }

  custom_error_response {
    error_code            = 502
    error_caching_min_ttl = 0
  }

  custom_error_response {
    error_code            = 503
    error_caching_min_ttl = 0
  }

  custom_error_response {
    error_code            = 504
    error_caching_min_ttl = 0
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }

  lifecycle {
    prevent_destroy = true
  }
}

# Both policies are managed by AWS: an account may have only 20 of its own of each kind.
data "aws_cloudfront_cache_policy" "optimized" {
  name = "Managed-CachingOptimized"
}

data "aws_cloudfront_response_headers_policy" "security" {
  name = "Managed-SecurityHeadersPolicy"
}

resource "aws_cloudfront_origin_access_control" "page" {
  name                              = "vast-steps-page"
  description                       = "Signs requests to the bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_origin_access_control" "api" {
  name                              = "vast-steps-api"
  description                       = "Signs requests to the function URL"
  origin_access_control_origin_type = "lambda"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# A caller of the function URL needs both permissions. No other distribution has them.
resource "aws_lambda_permission" "distribution_url" {
  statement_id           = "DistributionCallsUrl"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.api.function_name
  principal              = "cloudfront.amazonaws.com"
  source_arn             = aws_cloudfront_distribution.board.arn
  function_url_auth_type = "AWS_IAM"
}

resource "aws_lambda_permission" "distribution_function" {
  statement_id             = "DistributionRunsThroughUrl"
  action                   = "lambda:InvokeFunction"
  function_name            = aws_lambda_function.api.function_name
  principal                = "cloudfront.amazonaws.com"
  source_arn               = aws_cloudfront_distribution.board.arn
  invoked_via_function_url = true
}
