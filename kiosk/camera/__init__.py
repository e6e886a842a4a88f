"""Frames from a webcam, a video file or a sequence of pictures; the newest wins, a lost camera comes back by itself.

Importing this package does not load OpenCV: the sources load it when they are opened, in the camera's thread.
"""

from kiosk.camera.device import DeviceSource, Exposure
from kiosk.camera.files import PictureSource, VideoSource
from kiosk.camera.frame import CameraUnavailable, Frame, FrameSource
from kiosk.camera.mailbox import Mailbox
from kiosk.camera.source_spec import open_spec
from kiosk.camera.worker import BackOff, CameraState, CameraThread, StateListener

__all__ = [
    "BackOff",
    "CameraState",
    "CameraThread",
    "CameraUnavailable",
    "DeviceSource",
    "Exposure",
    "Frame",
    "FrameSource",
    "Mailbox",
    "PictureSource",
    "StateListener",
    "VideoSource",
    "open_spec",
]
