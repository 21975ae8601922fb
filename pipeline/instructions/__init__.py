"""Labels -> prompts and RGB targets: what the generator is asked, in words, and what it must paint."""

from pipeline.instructions.requests import TASKS, CannotAsk, Request, View, make_requests

__all__ = ["TASKS", "CannotAsk", "Request", "View", "make_requests"]
