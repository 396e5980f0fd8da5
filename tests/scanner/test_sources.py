"""One contract for every source of frames, and what each adds to it."""

import time

import cv2
import numpy as np
import pytest

from kiosk.domain.errors import CameraError
from kiosk.scanner.camera import Camera, FirstCamera
from kiosk.scanner.demo import DemoCamera
from kiosk.scanner.frames import JpegFrame
from kiosk.scanner.recorded import Pace, PictureFolder, VideoFile
from kiosk.scanner.sources import FrameSource, NoCamera, make_source
from tests.scanner.pictures import TEA, WATER, counter, pack, write_video

PRODUCTS = [("0" + WATER, "A.S.U."), ("0" + TEA, "Maxi")]


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "lobby.avi"
    write_video(path, [pack(WATER, noise=0), counter(noise=0)] * 3)
    return path


@pytest.fixture
def folder(tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "1.png"), pack(WATER))
    cv2.imwrite(str(pictures / "2.jpg"), pack(TEA))
    (pictures / "notes.txt").write_text("not a picture")
    return pictures


@pytest.fixture
def device(tmp_path, video):
    """A camera's device file, with a real capture of motion JPEG behind it."""
    path = tmp_path / "dev" / "video0"
    path.parent.mkdir()
    path.touch()
    return path


def packed_capture(video):
    return lambda _device: cv2.VideoCapture(str(video), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])


@pytest.fixture(params=["video", "mpeg4", "folder", "demo", "device"])
def source(request, tmp_path):
    if request.param == "video":
        return VideoFile(request.getfixturevalue("video"))
    if request.param == "mpeg4":
        path = tmp_path / "lobby.mp4"
        write_video(path, [pack(WATER), counter()] * 3, fourcc="mp4v")
        return VideoFile(path)
    if request.param == "folder":
        return PictureFolder(request.getfixturevalue("folder"))
    if request.param == "demo":
        return DemoCamera(PRODUCTS)
    device = request.getfixturevalue("device")
    return Camera(str(device), open_capture=packed_capture(request.getfixturevalue("video")))


def first_frame(source):
    for _ in range(20):
        frame = source.read(0.2)
        if frame is not None:
            return frame
    raise AssertionError("no frame came")


def test_a_source_gives_a_frame_in_all_its_sizes(source):
    source.open()
    frame = first_frame(source)
    assert frame.luma().shape == (480, 640)
    assert frame.small().shape == (120, 160)
    assert frame.preview().shape == (240, 320, 3)
    assert {frame.luma().dtype, frame.small().dtype, frame.preview().dtype} == {np.dtype(np.uint8)}
    assert frame.luma().flags.c_contiguous
    source.close()


def test_the_small_picture_shows_what_the_large_one_shows(source):
    source.open()
    frame = first_frame(source)
    shrunk = cv2.resize(frame.luma(), (160, 120), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk.astype(int) - frame.small()).mean() < 3
    source.close()


def test_a_source_can_be_closed_twice_and_opened_again(source):
    source.open()
    first_frame(source)
    source.close()
    source.close()
    source.open()
    assert first_frame(source).luma().shape == (480, 640)
    source.close()


def test_frames_stay_what_they_were_when_the_next_one_comes(source):
    source.open()
    frame = first_frame(source)
    before = frame.luma().copy()
    first_frame(source)
    assert (frame.luma() == before).all()
    source.close()


def test_a_video_plays_over_and_over_at_its_own_pace(video):
    source = VideoFile(video)
    source.open()
    started_s = time.monotonic()
    brightness = [first_frame(source).luma().mean() for _ in range(15)]
    elapsed_s = time.monotonic() - started_s
    source.close()
    assert elapsed_s >= 13 / 30
    assert len({round(level) for level in brightness[6:]}) >= 2, "it stopped after its six frames"


def test_motion_jpeg_stays_packed_until_somebody_looks(video):
    source = VideoFile(video)
    source.open()
    assert isinstance(first_frame(source), JpegFrame)
    source.close()


def test_who_comes_late_gets_the_newest_frame():
    clock = [0.0]
    pace = Pace(10, clock=lambda: clock[0])
    assert pace.wait(0) == 0
    clock[0] = 0.57
    assert pace.wait(0) == 5
    assert pace.wait(0) is None
    clock[0] = 0.61
    assert pace.wait(0) == 6


def test_a_folder_shows_its_pictures_in_order(folder):
    source = PictureFolder(folder, each_s=0.1, fps=20)
    source.open()
    shown = [first_frame(source) for _ in range(5)]
    source.close()
    assert shown[0] is shown[1]
    assert (shown[0].luma() == shown[4].luma()).all()
    assert (shown[0].luma() != shown[2].luma()).any()


@pytest.mark.parametrize("kind", ["missing video", "no video", "missing folder", "empty folder"])
def test_what_cannot_be_opened_says_what_to_do(kind, tmp_path):
    (tmp_path / "text.avi").write_text("this is no video")
    (tmp_path / "empty").mkdir()
    sources: dict[str, FrameSource] = {
        "missing video": VideoFile(tmp_path / "gone.avi"),
        "no video": VideoFile(tmp_path / "text.avi"),
        "missing folder": PictureFolder(tmp_path / "gone"),
        "empty folder": PictureFolder(tmp_path / "empty"),
    }
    with pytest.raises(CameraError, match=str(tmp_path)):
        sources[kind].open()


def test_a_camera_that_is_not_there_says_so(tmp_path):
    with pytest.raises(CameraError, match="Plug it in"):
        Camera(str(tmp_path / "video7")).open()


def test_a_camera_whose_device_vanishes_is_lost_though_the_driver_repeats_itself(device, video):
    camera = Camera(str(device), open_capture=packed_capture(video))
    camera.open()
    device.unlink()
    with pytest.raises(CameraError, match="unplugged"):
        for _ in range(100):
            camera._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            camera.read(0.1)
            time.sleep(0.02)
    camera.close()


def test_a_camera_that_gives_no_more_pictures_is_lost(device, video):
    camera = Camera(str(device), open_capture=packed_capture(video))
    camera.open()
    with pytest.raises(CameraError, match="no more pictures"):
        for _ in range(20):
            camera.read(0.1)
    camera.close()


def test_after_a_pause_the_frames_that_waited_in_the_queue_are_dropped(device, tmp_path):
    path = tmp_path / "steps.avi"
    write_video(path, [np.full((480, 640), 20 * step, np.uint8) for step in range(10)])
    camera = Camera(str(device), open_capture=packed_capture(path))
    camera.open()
    time.sleep(0.05)
    assert first_frame(camera).luma().mean() == pytest.approx(3 * 20, abs=4)
    camera.close()


def test_a_damaged_jpeg_is_an_error_that_names_the_cable():
    frame = JpegFrame(np.frombuffer(b"\xff\xd8 nothing that follows is a picture", np.uint8))
    with pytest.raises(CameraError, match="cable"):
        frame.luma()


@pytest.mark.parametrize(
    ("spec", "kind"), [("demo", DemoCamera), ("0", Camera), (0, Camera), ("/dev/video3", Camera)]
)
def test_a_setting_names_a_source(spec, kind):
    make = make_source(spec, PRODUCTS)
    assert isinstance(make(), kind)
    assert make() is make(), "a source must know at a reconnection what it was before"


def test_a_path_is_a_video_file_or_a_folder(video, folder):
    assert isinstance(make_source(str(video))(), VideoFile)
    assert isinstance(make_source(str(folder))(), PictureFolder)


def test_none_is_no_camera_and_not_a_lost_one():
    source = make_source("none")()
    with pytest.raises(NoCamera):
        source.open()
    source.close()


def test_auto_falls_back_on_the_demo_where_there_is_no_camera(tmp_path):
    source = FirstCamera(otherwise=DemoCamera(PRODUCTS), devices=tmp_path)
    source.open()
    assert first_frame(source).luma().shape == (480, 640)
    source.close()


def test_camera_never_falls_back_on_drawn_packs(tmp_path):
    with pytest.raises(CameraError, match="No camera found"):
        FirstCamera(otherwise=None, devices=tmp_path).open()


def test_auto_that_once_had_a_camera_waits_for_it_and_draws_nothing(device, video):
    def make_camera(path):
        return Camera(path, open_capture=packed_capture(video))

    source = FirstCamera(
        otherwise=DemoCamera(PRODUCTS), devices=device.parent, make_camera=make_camera
    )
    source.open()
    source.close()
    device.unlink()
    with pytest.raises(CameraError, match="No camera found"):
        source.open()
    device.touch()
    source.open()
    source.close()
