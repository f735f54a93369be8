"""What SQLAlchemy has as extensions."""
