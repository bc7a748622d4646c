"""What the service does, without HTTP: values in, values out."""
