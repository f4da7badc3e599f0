"""What can be asked: fourteen kinds of question, as frozen plain data, and sealed ones.

A *response* is plain JSON too, the same in Python, in a file and in the browser:

=========  ==========================================  =====================================
kind       class                                       response
=========  ==========================================  =====================================
single     `SingleChoice`                              the option's label
multiple   `MultipleChoice`                            list of labels
numeric    `Numeric`                                   what was typed, or a number
text       `ShortText`                                 what was typed
order      `Order`                                     list of all items, first to last
match      `Match`                                     dict: left side -> right side
shape      `Shape`                                     what was typed, or a list of integers
token      `TokenChoice`                               list of positions, from 0
cell       `CellChoice`                                ``[row, column]``, from 0
output     `PredictOutput`                             the text that will be printed
code       `CodeTask`                                  the function itself
gaps       `Gaps`                                      list of what stands in each gap
essay      `Essay`                                     the text
note       `TextOnly`                                  anything: it only has to be read
sealed     `Sealed`                                    what the kind inside takes
=========  ==========================================  =====================================
"""

from __future__ import annotations

from .base import DIFFICULTIES, KINDS, Difficulty, Question, Shown
from .cell import CellChoice
from .checks import Check
from .code import CodeTask
from .essay import Essay
from .gaps import Gap, GapAnswer, Gaps
from .match import Match
from .multiple import MultipleChoice
from .note import TextOnly
from .numeric import NumberAnswer, Numeric
from .options import Option
from .order import Order
from .output import PredictOutput
from .public_view import public_view
from .sealed import Sealed, blank, seal
from .shape import Shape
from .single import SingleChoice
from .text import ShortText, TextAnswer
from .token import TokenChoice

__all__ = [
    "DIFFICULTIES",
    "KINDS",
    "CellChoice",
    "Check",
    "CodeTask",
    "Difficulty",
    "Essay",
    "Gap",
    "GapAnswer",
    "Gaps",
    "Match",
    "MultipleChoice",
    "NumberAnswer",
    "Numeric",
    "Option",
    "Order",
    "PredictOutput",
    "Question",
    "Sealed",
    "Shape",
    "ShortText",
    "Shown",
    "SingleChoice",
    "TextAnswer",
    "TextOnly",
    "TokenChoice",
    "blank",
    "public_view",
    "seal",
]
