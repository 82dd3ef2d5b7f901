"""Write many new practices at once: for imports, and for libraries to measure with."""

from .loading import load_practices
from .new import NewPractice, PracticeLoadError

__all__ = ["NewPractice", "PracticeLoadError", "load_practices"]
