"""That our `NamedTuple` is what `typing` makes, for all that the product does with one."""

from __future__ import annotations

import pickle
import typing

import pytest

from qualitygate import frozen


class Ours(frozen.NamedTuple):
    """One point."""

    x: int
    name: str = "here"
    around: tuple[str, ...] = ()

    @property
    def twice(self) -> int:
        return 2 * self.x

    @classmethod
    def far(cls) -> Ours:
        return cls(9)


class Theirs(typing.NamedTuple):
    """One point."""

    x: int
    name: str = "here"
    around: tuple[str, ...] = ()

    @property
    def twice(self) -> int:
        return 2 * self.x

    @classmethod
    def far(cls) -> Theirs:
        return cls(9)


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_it_does_what_typing_does(kind: typing.Any) -> None:
    one: typing.Any = kind(1, name="there")
    assert (one.x, one.name, one.around, one.twice) == (1, "there", (), 2) and one == (1, "there", ())
    assert kind.__mro__ == (kind, tuple, object)
    assert one._replace(x=2).twice == 4 and kind.far().x == 9 and one._asdict()["name"] == "there"
    assert (kind._fields, kind._field_defaults) == (("x", "name", "around"), {"name": "here", "around": ()})
    assert (kind.__doc__, kind.__module__, list(kind.__annotations__)) == ("One point.", __name__, list(kind._fields))
    assert pickle.loads(pickle.dumps(one)) == one and repr(one).endswith("(x=1, name='there', around=())")
    with pytest.raises(AttributeError):
        one.x = 3
    with pytest.raises(TypeError):
        kind()
