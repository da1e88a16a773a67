"""The chapters of random histories: one file for each part of the platform (`tests.support.teller.Chapter`)."""

from __future__ import annotations

from tests.support.chapters.capacity import Capacity
from tests.support.chapters.change import Changes
from tests.support.chapters.compliance import Compliance
from tests.support.chapters.cpd import Cpd
from tests.support.chapters.lens import Lens
from tests.support.chapters.network import Network
from tests.support.chapters.partnerships import Partnerships
from tests.support.chapters.practice import Practice
from tests.support.chapters.principles import Principles
from tests.support.chapters.qualifications import Qualifications
from tests.support.chapters.reviews import Reviews
from tests.support.chapters.succession import Succession
from tests.support.chapters.support import Support
from tests.support.chapters.voices import Voices
from tests.support.teller import Chapter

CHAPTERS: tuple[type[Chapter], ...] = (
    Capacity,
    Changes,
    Compliance,
    Cpd,
    Lens,
    Network,
    Partnerships,
    Practice,
    Principles,
    Qualifications,
    Reviews,
    Succession,
    Support,
    Voices,
)
