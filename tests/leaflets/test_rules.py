import pytest

from organizer.errors import RuleError
from organizer.leaflets.rules import Move, State, moved


@pytest.mark.parametrize(
    ("state", "move", "target"),
    [
        (State.UPLOADED, Move.FINISH, State.READY),
        (State.UPLOADED, Move.REFUSE, State.REFUSED),
        (State.REFUSED, Move.UPLOAD, State.UPLOADED),
        (State.READY, Move.PUBLISH, State.PUBLISHED),
        (State.READY, Move.MAKE_ANEW, State.UPLOADED),
        (State.REFUSED, Move.MAKE_ANEW, State.UPLOADED),
        (State.PUBLISHED, Move.WITHDRAW, State.WITHDRAWN),
    ],
)
def test_a_version_goes_its_way(state: State, move: Move, target: State) -> None:
    assert moved(state, move) == target


@pytest.mark.parametrize("state", sorted(set(State) - {State.READY}))
def test_only_what_was_rebuilt_can_be_published(state: State) -> None:
    with pytest.raises(RuleError):
        moved(state, Move.PUBLISH)


@pytest.mark.parametrize("move", list(Move))
def test_nothing_leads_back_from_a_withdrawal(move: Move) -> None:
    with pytest.raises(RuleError):
        moved(State.WITHDRAWN, move)
