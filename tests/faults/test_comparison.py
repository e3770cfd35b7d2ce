"""The judge of all other tests here must find what is wrong, and must find nothing where nothing is."""

from __future__ import annotations

from .comparison import Comparison, Lane, keys_of, make_key

NEWS: Lane = ("acme", "news")
ONE, TWO, THREE = (make_key(NEWS, "a", number) for number in (1, 2, 3))
OTHER = make_key(NEWS, "b", 1)


def _compare(*messages: list[str], told: tuple[str, ...] = (ONE, TWO, THREE)) -> Comparison:
    return Comparison.of(told, told, {NEWS: messages})


def test_everything_once_and_in_order_is_sound() -> None:
    for found in (_compare([ONE], [TWO], [THREE]), _compare([ONE, TWO], [THREE])):
        assert found.sound, found
        assert found.duplicates == 0


def test_what_is_missing_is_lost_also_when_only_the_database_knows_of_it() -> None:
    assert _compare([ONE], [THREE]).lost == (TWO,)
    found = Comparison.of([ONE], [ONE, TWO], {NEWS: [[ONE]]})
    assert (found.lost, found.sound) == ((TWO,), False)


def test_what_nobody_told_is_a_ghost() -> None:
    assert _compare([ONE], [TWO], told=(ONE,)).ghosts == (TWO,)


def test_a_message_that_tells_again_is_one_duplicate_however_much_it_repeats() -> None:
    assert _compare([ONE], [ONE], [TWO], [THREE]).doubled == ((ONE,),)
    again = _compare([ONE, TWO], [ONE, TWO, THREE])
    assert (again.duplicates, again.sound) == (1, True)
    assert again.doubled == ((ONE, TWO),)


def test_order_is_each_tellers_own() -> None:
    assert _compare([ONE], [THREE], [TWO]).disorder == (TWO,)
    assert _compare([TWO, ONE], [THREE]).disorder == (ONE,)
    assert _compare([TWO], [OTHER], [THREE], told=(OTHER, TWO, THREE)).sound


def test_a_key_in_a_foreign_channel_is_misplaced() -> None:
    found = Comparison.of([ONE], [ONE], {("globex", "news"): [[ONE]]})
    assert (found.misplaced, found.sound) == ((ONE,), False)


def test_it_prints_the_numbers_and_the_names() -> None:
    said = str(_compare([ONE], [ONE], [THREE]))
    assert "3 events, 3 messages: 1 lost, 1 duplicates, 0 order violations" in said
    assert f"lost: ('{TWO}',)" in said


def test_a_message_carries_one_key_or_several_or_is_somebody_elses() -> None:
    assert keys_of({"metadata": {"event_payload": {"event_key": ONE}}}) == [ONE]
    assert keys_of({"metadata": {"event_payload": {"event_keys": f"{ONE} {TWO}"}}}) == [ONE, TWO]
    assert keys_of({"text": "hello"}) == []
