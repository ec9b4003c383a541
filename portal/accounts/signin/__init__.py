"""Signing in: password, compulsory second factor, sessions and single sign-on, on django-allauth."""
