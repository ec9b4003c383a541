"""What the law on personal data asks for: terms of keeping, removal of a client, a person's own data, agreements.

It stands above every room that keeps personal data, because it has to reach all of them. Pages: portal.administration.
"""
