"""The API for other systems: /api/v1/. docs/api.md tells it in short, /api/v1/openapi.json in full."""
