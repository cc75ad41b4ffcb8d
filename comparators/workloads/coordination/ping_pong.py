"""Two workers answer each other, again and again: what it takes to reach another worker and hear back."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import Any, ClassVar, NamedTuple

from comparators.coordination.kit import Kit, shared
from comparators.coordination.workload import CoordinatedWorkload
from comparators.errors import WrongResult
from comparators.parameters import parameter
from comparators.workload import Observation, Observations
from comparators.workloads._support.checks import check_count
from comparators.workloads.coordination._support.percentiles import median_and_p99
from comparators.workloads.coordination._support.ping_pong_channels import (
    NEEDS,
    channel_of,
    channel_of_async,
    made,
    rewind,
)

__all__ = ["PLAYERS", "Game", "PingPong", "Played", "play", "play_async"]

PLAYERS = 2


class Game(NamedTuple):
    """A task: which player, over which channel, how many rounds."""

    player: int
    channel: str
    rounds: int


class Played(NamedTuple):
    """What a player says.

    Attributes:
        heard: what it received, one number in each round; None over a channel that carries no numbers.
        times: readings of `perf_counter`, in seconds: player 0 takes them before each round and after the last one,
            player 1 whenever it has heard something.
    """

    player: int
    heard: Sequence[int | None]
    times: Sequence[float]


def play(game: Game) -> Played:
    """Send even numbers and hear odd ones, or the other way round, in threads, processes or interpreters."""
    send, receive = channel_of(game.channel, shared(), game.player)
    heard, times = [], []
    if game.player == 0:
        for number in range(0, 2 * game.rounds, 2):
            times.append(perf_counter())
            send(number)
            heard.append(receive())
        times.append(perf_counter())
    else:
        for number in range(1, 2 * game.rounds, 2):
            heard.append(receive())
            times.append(perf_counter())
            send(number)
    return Played(game.player, heard, times)


async def play_async(game: Game) -> Played:
    """Do the same in coroutines."""
    send, receive = channel_of_async(game.channel, shared(), game.player)
    heard, times = [], []
    if game.player == 0:
        for number in range(0, 2 * game.rounds, 2):
            times.append(perf_counter())
            await send(number)
            heard.append(await receive())
        times.append(perf_counter())
    else:
        for number in range(1, 2 * game.rounds, 2):
            heard.append(await receive())
            times.append(perf_counter())
            await send(number)
    return Played(game.player, heard, times)


@dataclass(frozen=True)
class PingPong(CoordinatedWorkload[Game, Played]):
    """Let one worker send and another one answer, `rounds` times.

    What it teaches: how long it takes to reach another worker. Nothing is computed, no worker has two things to do:
    what is measured is waking the other one, there and back. Coroutines only take turns in one thread; threads are
    woken by the system, and wait for the GIL; between processes the message is pickled, too. Interpreters look into
    their queue every ten milliseconds, and that is how long an answer takes; over a stream they are as fast as threads.

    - `pipe`: two connected ends; objects are pickled, except between coroutines.
    - `queue`: one queue for each direction. `multiprocessing` sends what is put in from a thread of its own.
    - `event`: one event for each direction, set, waited for and cleared; it says no more than "now".
    - `condition`: one condition and a count of turns, which both look at.
    - `stream`: two connected sockets, eight bytes in each direction.

    Every message must be the right one, and the clock, which all workers of a host share, must show each to have been
    heard between the question and the end of the answer. The first round, in which the other worker may not have
    begun yet, is not among the round trips.
    """

    name = "ping-pong"
    summary = "two workers that answer each other: the time of a round trip"
    presets: ClassVar = {
        "tiny": {"rounds": 3},
        "quick": {"rounds": 50},
        "default": {},
        "full": {"rounds": 10_000},
    }
    work = staticmethod(play)
    work_async = staticmethod(play_async)

    channel: str = parameter("queue", "how the two reach each other", choices=tuple(NEEDS))
    rounds: int = parameter(1_000, "how many round trips", minimum=1, maximum=10**6)

    @property
    def primitives(self) -> tuple[str, ...]:
        """What the channel is made of."""
        return NEEDS[self.channel]

    @property
    def min_concurrency(self) -> int:
        """The two wait for each other."""
        return PLAYERS

    def make_shared(self, kit: Kit) -> Any:
        """Make the channel."""
        return made(kit, self.channel)

    def reset(self, shared: Any) -> None:
        """Nothing has been sent."""
        rewind(self.channel, shared)

    def tasks(self) -> Sequence[Game]:
        """Return what each player does, with one round more."""
        return [Game(player, self.channel, self.rounds + 1) for player in range(PLAYERS)]

    def verify(self, result: object) -> Observations:
        """Check every message and that each was heard in its round; report the round trips."""
        first, second = (
            self._checked(player, found) for player, found in enumerate(check_count(result, PLAYERS, "players"))
        )
        for number, (begun, heard, ended) in enumerate(zip(first.times, second.times, first.times[1:], strict=False)):
            if not begun <= heard <= ended:
                raise WrongResult(
                    f"round {number}",
                    expected="player 1 hears the message after it was sent and before the answer has come",
                    found=f"{(heard - begun) * 1e6:.3g} µs after the beginning of {(ended - begun) * 1e6:.3g} µs",
                )
        middle, late = median_and_p99([ended - begun for begun, ended in pairwise(first.times[1:])])
        return (
            Observation("median round trip", middle * 1e6, "µs"),
            Observation("99th percentile of round trip", late * 1e6, "µs"),
            Observation("hand-off, half a round trip", middle / 2 * 1e6, "µs", "", NEEDS[self.channel][0], "hand-off"),
        )

    def _checked(self, player: int, result: object) -> Played:
        rounds = self.rounds + 1
        if not isinstance(result, Played) or result.player != player:
            raise WrongResult(f"result {player}", expected=f"what player {player} heard", found=result)
        if (len(result.heard), len(result.times)) != (rounds, rounds + 1 - player):
            raise WrongResult(f"messages to player {player}", expected=rounds, found=len(result.heard))
        for number, heard in enumerate(result.heard):
            expected = None if self.channel == "event" else 2 * number + 1 - player
            if heard != expected:
                raise WrongResult(f"message {number} to player {player}", expected=expected, found=heard)
        return result
