"""The service over HTTP: routes, documents, problems and pages."""
