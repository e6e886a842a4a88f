import threading

import numpy as np

from kiosk.camera import Frame, Mailbox

DEADLINE_S = 30.0


def frame(number):
    return Frame(np.zeros((2, 2), np.uint8), 0.0, number)


def test_the_newest_frame_replaces_one_that_was_not_taken_and_is_counted():
    box = Mailbox()
    for number in range(3):
        box.put(frame(number))
    assert box.take().number == 2
    assert box.dropped == 2
    assert box.take() is None


def test_a_taken_frame_is_not_counted_as_dropped():
    box = Mailbox()
    for number in range(3):
        box.put(frame(number))
        assert box.take().number == number
    assert box.dropped == 0


def test_the_reader_is_told_once_until_it_takes_the_frame():
    calls = []
    box = Mailbox(on_filled=lambda: calls.append(1))
    box.put(frame(0))
    box.put(frame(1))
    assert len(calls) == 1
    box.take()
    box.put(frame(2))
    assert len(calls) == 2


def test_a_waiting_reader_gets_the_frame_that_comes():
    box, got = Mailbox(), []
    reader = threading.Thread(target=lambda: got.append(box.take(DEADLINE_S)))
    reader.start()
    box.put(frame(7))
    reader.join(DEADLINE_S)
    assert [taken.number for taken in got] == [7]


def test_closing_wakes_a_waiting_reader_and_leaves_the_last_frame():
    box, got = Mailbox(), []
    reader = threading.Thread(target=lambda: got.append(box.take(DEADLINE_S)))
    reader.start()
    box.close()
    reader.join(DEADLINE_S)
    assert not reader.is_alive()
    assert got == [None]
    box.put(frame(1))
    assert box.take(DEADLINE_S).number == 1
    assert box.closed
