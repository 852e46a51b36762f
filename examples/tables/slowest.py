"""
Which types of actions took longest, from a Parquet file that ``eliot export`` has written.
"""

import sys

import polars

messages = polars.scan_parquet(sys.argv[1]).drop_nulls("duration")
print(messages.group_by("action_type").agg(polars.col("duration").max()).sort("duration").collect())
