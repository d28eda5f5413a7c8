"""What every forked worker finds loaded: all that a worker standing by has, out of the garbage collector's way."""

from core.loading import loaded_for_good
from core.standby import rehearse

with loaded_for_good():
    rehearse()
