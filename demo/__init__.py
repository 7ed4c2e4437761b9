"""The demo world: a small real HTTP server that behaves like the app store, day by day, with its own reviews.

Imports nothing else of ours, so that the product meets it only over HTTP, as it meets the real store.
"""

from demo.apps import App, apps
from demo.faults import DEFAULT_PLAN, Fault
from demo.server import running, serve
from demo.world import World, demo_world

__all__ = ["DEFAULT_PLAN", "App", "Fault", "World", "apps", "demo_world", "running", "serve"]
