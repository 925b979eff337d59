"""Bi-encoders: backbones and heads that turn sections and image documents into sparse vectors. Torch lives here."""
