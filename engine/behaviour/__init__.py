"""Behaviour suites: sentences written for this project that each test one thing a network should be able to do.

Paper: Ribeiro, Wu, Guestrin and Singh (2020), Beyond accuracy: behavioral testing of NLP models with CheckList, ACL:
    capabilities, templates, minimum functionality tests and invariance tests (section 2).
"""

from engine.behaviour.cases import Case, Judgement
from engine.behaviour.suites import SUITES, Suite, read_suite

__all__ = ["SUITES", "Case", "Judgement", "Suite", "read_suite"]
