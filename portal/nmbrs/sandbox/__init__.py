"""An embedded Nmbrs: a generated, deterministic accountant office behind the real SOAP wire.

    with Sandbox(debtors=12, employees=40, seed=7, today=date(2026, 11, 22)) as sandbox:
        sandbox.url, sandbox.firm, sandbox.requests, sandbox.faults, sandbox.advance()

Sign in with USER, TOKEN and DOMAIN.
"""

from portal.nmbrs.sandbox.credentials import DOMAIN, TOKEN, USER
from portal.nmbrs.sandbox.fault_plan import FaultKind, FaultPlan, FaultRule
from portal.nmbrs.sandbox.process import SandboxProcess
from portal.nmbrs.sandbox.sandbox import Sandbox

__all__ = ["DOMAIN", "TOKEN", "USER", "FaultKind", "FaultPlan", "FaultRule", "Sandbox", "SandboxProcess"]
