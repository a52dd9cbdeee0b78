"""Millions of pictures: one function over a batch, and Ray Data over whatever holds pictures."""

from shiwu_models.batch.classify import SPARK_SCHEMA, Classify

__all__ = ["SPARK_SCHEMA", "Classify"]
