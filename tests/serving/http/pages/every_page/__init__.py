"""All pages of the service, however they are made."""
