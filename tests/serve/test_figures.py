"""The store of figures: bounded, expiring, and made once."""

import asyncio

import pytest

from serve.figures import FigureStore, content_key


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def made(value, calls=None):
    async def make():
        if calls is not None:
            calls.append(value)
        await asyncio.sleep(0)
        return value

    return make


def test_keys_tell_contents_apart():
    assert content_key(b"ab", b"c") != content_key(b"a", b"bc")
    assert content_key(b"ab") == content_key(b"ab")


def test_a_value_is_made_once_however_many_ask():
    store, calls = FigureStore(4, 10, Clock()), []

    async def scenario():
        return await asyncio.gather(*[store.get_or_make("a", made(1, calls)) for _ in range(5)])

    assert asyncio.run(scenario()) == [1] * 5
    assert calls == [1]


def test_the_least_recently_used_goes_first():
    store = FigureStore(2, 10, Clock())
    for key in "ab":
        asyncio.run(store.get_or_make(key, made(key)))
    store.get("a")
    asyncio.run(store.get_or_make("c", made("c")))
    assert [store.get(key) for key in "abc"] == ["a", None, "c"]


def test_values_expire_after_their_last_use():
    clock = Clock()
    store = FigureStore(2, 10, clock)
    asyncio.run(store.get_or_make("a", made(1)))
    clock.now = 9
    assert store.get("a") == 1
    clock.now = 18
    assert store.get("a") == 1
    clock.now = 29
    assert store.get("a") is None


def test_a_failure_is_not_kept():
    store = FigureStore(2, 10, Clock())

    async def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        asyncio.run(store.get_or_make("a", fail))
    assert asyncio.run(store.get_or_make("a", made(2))) == 2


def test_one_asker_leaving_does_not_fail_the_others():
    store = FigureStore(2, 10, Clock())

    async def scenario():
        first = asyncio.ensure_future(store.get_or_make("a", made(3)))
        second = asyncio.ensure_future(store.get_or_make("a", made(4)))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asyncio.run(scenario()) == 3


def test_the_store_is_bounded_by_bytes_too():
    store = FigureStore(9, 10, Clock(), 5, lambda value: value)
    for key, value in (("a", 2), ("b", 3), ("c", 2), ("d", 99)):
        asyncio.run(store.get_or_make(key, made(value)))
        assert store.get(key) == value
        if key == "c":
            assert [store.get(name) for name in "abc"] == [None, 3, 2]
    assert [store.get(name) for name in "abcd"] == [None, None, None, 99]
