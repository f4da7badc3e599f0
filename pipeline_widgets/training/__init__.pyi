# Each public name of pw.training and where it lives.

from . import metrics as metrics
from .distillation import distill as distill
from .finetuning import fine_tune as fine_tune
from .history import History as History
from .observations import Observation as Observation
from .records import EpochRecord as EpochRecord
from .records import Note as Note
from .records import StepRecord as StepRecord
from .replay import Replay as Replay
from .replay import recorded as recorded
