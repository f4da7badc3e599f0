# Each public name of pw.quizzes and where it lives.

from . import kinds as kinds
from . import live as live
from .bank import Bank as Bank
from .bank import lesson as lesson
from .bank import parse as parse
from .bank import read as read
from .cards import Card as Card
from .grading import Grade as Grade
from .grading import grade as grade
from .session import Session as Session
