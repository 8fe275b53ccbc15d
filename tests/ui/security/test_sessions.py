from dataclasses import dataclass

from ui.security.sessions import IDLE, LONGEST, Sessions
from ui.security.throttle import FORGET, Throttle, address_key


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_token_finds_its_session_until_it_ends() -> None:
    sessions = Sessions()
    token, other = sessions.begin("anna", "p"), sessions.begin("anna", "p")
    assert token != other
    assert len(token) == 43  # 256 bits in base64
    found = sessions.find(token)
    assert found
    assert (found.name, found.password_hash) == ("anna", "p")
    assert sessions.find(token[:-1]) is None
    assert sessions.find("") is None
    sessions.end(token)
    assert sessions.find(token) is None
    assert sessions.find(other)


def test_sessions_end_when_idle_and_after_a_week() -> None:
    clock = Clock()
    sessions = Sessions(clock=clock)
    idle, used = sessions.begin("anna", "p"), sessions.begin("bob", "p")
    clock.now += IDLE - 1
    assert sessions.find(used)
    clock.now += 1
    assert sessions.find(idle) is None
    assert sessions.find(used)
    for _ in range(int(LONGEST // (IDLE / 2)) + 1):
        clock.now += IDLE / 2
        sessions.find(used)
    assert sessions.find(used) is None
    assert len(sessions) == 0


def test_the_number_of_sessions_is_limited() -> None:
    sessions = Sessions(most=3)
    tokens = [sessions.begin("anna", "p") for _ in range(3)]
    assert sessions.find(tokens[0])
    sessions.begin("anna", "p")
    assert len(sessions) == 3
    assert sessions.find(tokens[0])
    assert sessions.find(tokens[1]) is None


def test_pauses_double_up_to_a_minute() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    pauses: list[float] = []
    for _ in range(13):
        assert throttle.attempt("a") == 0
        pauses.append(throttle.attempt("a") if len(pauses) >= 4 else 0.0)
        clock.now += pauses[-1]
    assert pauses == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_an_early_attempt_does_not_extend_the_pause() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    assert [throttle.attempt("a") for _ in range(8)] == [0, 0, 0, 0, 0, 1, 1, 1]
    clock.now += 0.75
    assert throttle.attempt("a") == 0.25
    clock.now += 0.25
    assert throttle.attempt("a") == 0


def test_attempts_count_by_name_and_by_address() -> None:
    throttle = Throttle(clock=Clock())
    assert [throttle.attempt(f"address {i}", "name anna") for i in range(6)] == [0, 0, 0, 0, 0, 1]
    assert [throttle.attempt("address x", f"name {i}") for i in range(6)] == [0, 0, 0, 0, 0, 1]
    assert throttle.attempt("address y", "name bob") == 0


def test_a_success_does_not_reset_earlier_failures() -> None:
    throttle = Throttle(clock=Clock())
    for _ in range(4):
        assert throttle.attempt("address 1", "name anna") == 0
    assert throttle.attempt("address 1", "name mallory") == 0
    throttle.forgive("address 1")
    throttle.forget("name mallory")
    assert throttle.attempt("address 1", "name anna") == 0
    assert throttle.attempt("address 1", "name mallory") == 1


def test_attempts_expire_and_keys_are_limited() -> None:
    clock = Clock()
    throttle = Throttle(most=10, clock=clock)
    for i in range(100):
        throttle.attempt(f"address {i}")
    assert len(throttle) == 10
    for _ in range(6):
        throttle.attempt("a")
    clock.now += FORGET
    assert throttle.attempt("a") == 0
    assert len(throttle) == 1


def test_addresses_of_one_network_are_one_key() -> None:
    assert address_key("2001:db8:1:2:3::4") == address_key("2001:db8:1:2:ffff::1")
    assert address_key("2001:db8:1:2::1") != address_key("2001:db8:1:3::1")
    assert address_key("::ffff:192.0.2.7") == address_key("192.0.2.7") != address_key("192.0.2.8")
    assert address_key("") == "address "
