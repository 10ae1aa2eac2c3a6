"""AWS's prices for all that a board uses, in US dollars: the one place that has them.

us-east-1's are those of the pages named beside them. eu-central-1's are those of AWS's public price list (AWS Price
List Bulk API); for Scheduler, Pipes, events and composite alarms us-east-1's stand in, because no other was found. To
follow a change: put the new price here, and the month into AS_OF.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

AS_OF = "2026-09"
"""The month in which the prices were read."""

_FALLBACK = "eu-central-1"
"""The region whose prices stand for every region without prices of its own. It is the dearer one of the two."""


@dataclass(frozen=True)
class Price:
    """What AWS charges for one kind of unit. Free tiers and discounts for large volumes are left out."""

    unit: str
    """One unit, as in `per GB`."""
    per: int
    """The number of units that the amounts are for."""
    amounts: dict[str, Decimal]
    """By region."""
    source: str
    """The page of aws.amazon.com that has the price, or the document of AWS that says what is counted."""

    def of(self, units: Decimal, region: str) -> Decimal:
        """What that many units cost in a region."""
        return units * self.amount(region) / self.per

    def amount(self, region: str) -> Decimal:
        """The price of `per` units in a region."""
        return self.amounts[find_price_region(region)]


def find_price_region(region: str) -> str:
    """The region whose prices are used for a region: itself, or the one that stands for all without own prices."""
    return region if region in REGIONS else _FALLBACK


def _price(unit: str, per: int, eu_central_1: str, us_east_1: str, source: str) -> Price:
    return Price(unit, per, {"eu-central-1": Decimal(eu_central_1), "us-east-1": Decimal(us_east_1)}, source)


PRICES = {
    "alarm_metric": _price("alarm metric", 1, "0.10", "0.10", "Amazon CloudWatch pricing, Alarms"),
    "composite_alarm": _price("composite alarm", 1, "0.50", "0.50", "Amazon CloudWatch pricing, Alarms"),
    "custom_metric": _price("metric", 1, "0.30", "0.30", "Amazon CloudWatch pricing, Metrics: the first 10,000"),
    "dashboard": _price("dashboard", 1, "3.00", "3.00", "Amazon CloudWatch pricing, Dashboards"),
    "log_gb": _price("GB", 1, "0.63", "0.50", "Amazon CloudWatch pricing, Logs: Collect (Data Ingestion), Standard"),
    "log_storage_gb": _price("GB-month", 1, "0.0324", "0.03", "Amazon CloudWatch pricing, Logs: Store (Archival)"),
    "kms_key": _price("key", 1, "1.00", "1.00", "AWS Key Management Service pricing, Key storage"),
    "kms_request": _price("requests", 10_000, "0.03", "0.03", "AWS Key Management Service pricing, Key usage"),
    "lambda_request": _price("requests", 1_000_000, "0.20", "0.20", "AWS Lambda pricing, Requests"),
    "lambda_gb_second": _price("GB-seconds", 1, "0.0000133334", "0.0000133334", "AWS Lambda pricing, Duration, Arm"),
    "state_transition": _price("transitions", 1000, "0.025", "0.025", "AWS Step Functions pricing, Standard Workflows"),
    "schedule_run": _price("runs", 1_000_000, "1.00", "1.00", "Amazon EventBridge pricing, Scheduler"),
    "pipe_request": _price("requests", 1_000_000, "0.40", "0.40", "Amazon EventBridge pricing, Pipes: by 64 KB"),
    "event": _price("events", 1_000_000, "1.00", "1.00", "Amazon EventBridge pricing, Custom events"),
    "sqs_request": _price("requests", 1_000_000, "0.40", "0.40", "Amazon SQS pricing, Standard queues: by 64 KB"),
    "write_unit": _price("write units", 1_000_000, "0.7625", "0.625", "Amazon DynamoDB pricing, On-demand: WRU"),
    "read_unit": _price("read units", 1_000_000, "0.1525", "0.125", "Amazon DynamoDB pricing, On-demand: RRU"),
    "stream_read": _price("reads", 100_000, "0.0245", "0.02", "Amazon DynamoDB pricing, Streams: GetRecords"),
    "table_gb": _price("GB-month", 1, "0.306", "0.25", "Amazon DynamoDB pricing, Data storage: Standard"),
    "pitr_gb": _price("GB-month", 1, "0.2448", "0.20", "Amazon DynamoDB pricing, Backup: PITR"),
    "s3_write": _price("requests", 1000, "0.0054", "0.005", "Amazon S3 pricing, Standard: PUT, COPY, POST, LIST"),
    "s3_read": _price("requests", 1000, "0.00043", "0.0004", "Amazon S3 pricing, Standard: GET and all others"),
    "s3_gb": _price("GB-month", 1, "0.0245", "0.023", "Amazon S3 pricing, Standard: the first 50 TB"),
    "cdn_request": _price("requests", 10_000, "0.012", "0.010", "Amazon CloudFront pricing, HTTPS: Europe, US"),
    "cdn_function_run": _price("runs", 1_000_000, "0.10", "0.10", "Amazon CloudFront pricing, CloudFront Functions"),
    "cdn_gb": _price("GB", 1, "0.085", "0.085", "Amazon CloudFront pricing, Data out to the internet: first 10 TB"),
}
"""Every price, by what it is for."""

REGIONS = ("eu-central-1", "us-east-1")
"""The regions that have prices here. CloudFront's depend on where readers are: those of the region's continent."""
