"""One job class for all background work: what it promises, held by what a listener hears."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest

from pipeline_widgets.jobs import SHORTEST, Job


def wait(event: threading.Event) -> None:
    event.wait(10)


def rest(job: Job[int]) -> None:
    job.rest(10)


def test_few_messages_and_the_last_is_never_lost():
    heard: list[tuple[float, int]] = []

    def work(job: Job[int]) -> None:
        for number in range(2000):
            job.tell(number)
            time.sleep(0.0003)

    Job(work, say=lambda number: heard.append((time.monotonic(), number))).start().wait()
    numbers = [number for _, number in heard]
    assert numbers[0] == 0
    assert numbers[-1] == 1999
    assert numbers == sorted(set(numbers))
    gaps = [b - a for (a, _), (b, _) in pairwise(heard[:-1])]
    assert len(heard) > 3
    assert min(gaps) >= 0.9 * SHORTEST


def test_news_is_told_although_the_work_goes_on_in_silence():
    heard, told, go = list[int](), threading.Event(), threading.Event()

    def say(number: int) -> None:
        heard.append(number)
        if number == 2:
            told.set()

    def work(job: Job[int]) -> None:
        job.tell(1)
        job.tell(2)  # within the pause after the first
        go.wait(10)

    job = Job(work, say=say).start()
    assert told.wait(5)
    assert job.running
    go.set()
    assert job.wait(5)
    assert heard == [1, 2]


def test_what_is_stopped_never_speaks_again():
    heard: list[int] = []

    def work(job: Job[int]) -> None:
        number = 0
        while not job.stopped:
            number += 1
            job.tell(number)

    for _ in range(20):
        job = Job(work, say=heard.append).start()
        time.sleep(0.005)
        job.stop()
        length = len(heard)
        assert job.wait(5)
        time.sleep(0.002)
        assert len(heard) == length


def test_stop_from_within_a_message_is_no_deadlock():
    jobs: list[Job[int]] = []

    def work(job: Job[int]) -> None:
        while not job.stopped:
            job.tell(1)

    jobs.append(Job(work, say=lambda _: jobs[0].stop()))
    jobs[0].start()
    assert jobs[0].wait(5)


def test_an_error_is_said_once_after_the_last_message_and_raised_by_wait():
    heard: list[object] = []

    def work(job: Job[int]) -> None:
        job.tell(1)
        job.tell(2)
        raise ValueError("no")

    job = Job(work, say=heard.append, done=lambda error: heard.append(str(error))).start()
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            job.wait(5)
    assert heard == [1, 2, "no"]


def test_a_job_waits_for_the_one_whose_place_it_takes():
    order: list[str] = []

    def slow(job: Job[None]) -> None:
        while not job.stopped:
            time.sleep(0.001)
        time.sleep(0.05)
        order.append("first")

    first = Job(slow).start()
    second = Job[None](lambda job: order.append("second"), after=first).start()
    assert second.wait(5)
    assert order == ["first", "second"]


def test_a_job_replaced_before_it_began_does_nothing():
    done, go = list[int](), threading.Event()
    jobs = [Job[None](lambda job: wait(go)).start()]
    for number in range(10):

        def work(job: Job[None], number: int = number) -> None:
            done.append(number)

        jobs.append(Job(work, after=jobs[-1]).start())
    go.set()
    assert jobs[-1].wait(5)
    assert done == [9]


def test_waiting_has_a_limit_and_says_whether_it_is_over():
    go = threading.Event()
    job = Job[None](lambda job: wait(go)).start()
    assert job.wait(0.01) is False
    go.set()
    assert job.wait(5) is True


def test_the_end_comes_after_the_last_message_and_not_after_a_stop():
    heard: list[object] = []
    Job[int](lambda job: job.tell(1), say=heard.append, done=heard.append).start().wait()
    assert heard == [1, None]
    job = Job[int](lambda job: rest(job), say=heard.append, done=heard.append).start()
    job.stop()
    assert job.wait(5)
    assert heard == [1, None]
