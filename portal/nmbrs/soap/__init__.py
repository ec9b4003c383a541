"""Nmbrs over SOAP v3: zeep for the envelope, our own transport and reader for the answer."""

from portal.nmbrs.soap.source import SoapSource
from portal.nmbrs.soap.transport import Retry

__all__ = ["Retry", "SoapSource"]
