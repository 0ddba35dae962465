"""Through tmux, and back to a terminal that was attached to it."""

from pathlib import Path

from aquarium_tui.tui.graphics.wire import Attachment, through_tmux


def test_commands_are_wrapped_with_their_escapes_doubled() -> None:
    assert through_tmux("\x1b_Ga=d\x1b\\") == "\x1bPtmux;\x1b\x1b_Ga=d\x1b\x1b\\\x1b\\"


def test_an_attached_terminal_is_noticed_once(tmp_path: Path) -> None:
    socket = tmp_path / "socket"
    socket.touch(0o700)
    attachment = Attachment({"TMUX": f"{socket},123,0"})
    assert attachment.known
    assert not attachment.renewed()
    _change(socket, 0o600)
    assert not attachment.renewed(), "detached"
    _change(socket, 0o700)
    assert attachment.renewed()
    assert not attachment.renewed()


def test_detached_and_attached_between_two_looks(tmp_path: Path) -> None:
    socket = tmp_path / "socket"
    socket.touch(0o700)
    attachment = Attachment({"TMUX": f"{socket},123,0"})
    _change(socket, 0o600)
    _change(socket, 0o700)
    assert attachment.renewed()


def test_without_tmux_nothing_is_known(tmp_path: Path) -> None:
    for environment in ({}, {"TMUX": ""}, {"TMUX": f"{tmp_path}/gone,1,0"}):
        attachment = Attachment(environment)
        assert not attachment.known
        assert not attachment.renewed()


def test_a_socket_that_goes_away_is_no_new_terminal(tmp_path: Path) -> None:
    socket = tmp_path / "socket"
    socket.touch(0o700)
    attachment = Attachment({"TMUX": f"{socket},1,0"})
    socket.unlink()
    assert not attachment.renewed()


def _change(socket: Path, mode: int) -> None:
    """Change the mode, and see to it that the clock of the file system has moved on."""
    before = socket.stat().st_ctime_ns
    while socket.stat().st_ctime_ns == before:
        socket.chmod(mode ^ 0o001)
        socket.chmod(mode)
