"""The JSON API: a second door to the same services as the pages."""

from jobdating.web.api.operations import OPERATIONS, Operation, api_routes

__all__ = ["OPERATIONS", "Operation", "api_routes"]
