"""A member's photo at the members' card, against a real server."""

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from admin_desktop.members.photo import PhotoSheet
from admin_desktop.pictures.crop import Crop
from admin_desktop.pictures.cropping import CropSheet
from admin_desktop.widgets.sheet import Question
from shared.contracts.gym import MemberView, NewMember
from shared.errors import Unavailable


def on_screen(desk, kind):
    return next(each for each in desk.window.findChildren(kind) if each.isVisible())


def show_someone(gym, desk):
    new = NewMember(given_name="Nora", family_name="Photogen", home_site_id=gym.live.site_id)
    member = MemberView.model_validate(gym.live.call("POST", "/v1/members", json=new.model_dump(mode="json")))
    room = desk.room("members")
    desk.type(room.search, member.number)
    desk.wait_until(lambda: room.card.member is not None and room.card.member.id == member.id)
    return room.card, member


def photo_of(gym, member):
    answer = gym.live.owner.get(f"/v1/members/{member.id}/photo", params={"size": "large"})
    return QImage.fromData(answer.content) if answer.is_success else None


def a_picture(path, colour="#aa2222"):
    image = QImage(900, 600, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))
    return path


def drop(desk, widget, path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    at, left, none = QPointF(5, 5), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, mime, left, none))
    QApplication.sendEvent(widget, QDropEvent(at, Qt.DropAction.CopyAction, mime, left, none))
    desk.settle()


def test_a_picture_dropped_on_the_avatar_becomes_the_photo_in_a_square(gym, desk, tmp_path):
    card, member = show_someone(gym, desk)
    drop(desk, card.avatar, a_picture(tmp_path / "a.png"))
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_until(lambda: "has a new photo" in desk.toast)
    photo = photo_of(gym, member)
    assert photo.width() == photo.height()
    assert photo.pixelColor(50, 50).red() > 120
    assert card.avatar._photo is not None


def test_a_click_on_the_avatar_and_a_paste_replace_the_photo(gym, desk, tmp_path):
    card, member = show_someone(gym, desk)
    drop(desk, card.avatar, a_picture(tmp_path / "a.png"))
    desk.click(on_screen(desk, CropSheet).main)
    QTest.mouseClick(card.avatar, Qt.MouseButton.LeftButton)
    desk.settle()
    sheet = on_screen(desk, PhotoSheet)
    assert sheet.remove_button.isVisible()
    blue = QImage(300, 300, QImage.Format.Format_RGB32)
    blue.fill(QColor("#2222aa"))
    QApplication.clipboard().setImage(blue)
    desk.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.click(on_screen(desk, CropSheet).main)
    assert photo_of(gym, member).pixelColor(50, 50).blue() > 120


def test_a_photo_is_removed_after_a_question_and_the_initials_come_back(gym, desk, tmp_path):
    card, member = show_someone(gym, desk)
    drop(desk, card.avatar, a_picture(tmp_path / "a.png"))
    desk.click(on_screen(desk, CropSheet).main)
    card.photo.open()
    desk.settle()
    desk.click(on_screen(desk, PhotoSheet).remove_button)
    desk.click(on_screen(desk, Question).yes)
    assert photo_of(gym, member) is None
    assert card.avatar._photo is None


def test_a_photo_that_is_cut_off_is_said_and_kept_for_another_try(gym, desk, tmp_path, monkeypatch):
    card, member = show_someone(gym, desk)
    cloud = desk.window.desk.machines

    def cut(*_, **__):
        raise Unavailable("cut")

    monkeypatch.setattr(cloud, "set_photo", cut)
    drop(desk, card.avatar, a_picture(tmp_path / "a.png"))
    desk.click(on_screen(desk, CropSheet).main)
    assert "does not answer" in on_screen(desk, PhotoSheet).problem.text()
    assert photo_of(gym, member) is None
    monkeypatch.undo()
    desk.click(desk.button("Try again"))
    assert photo_of(gym, member) is not None


def test_a_file_that_is_no_picture_is_refused_in_the_sheet(gym, desk, tmp_path):
    card, _member = show_someone(gym, desk)
    path = tmp_path / "a.jpg"
    path.write_text("no picture")
    drop(desk, card.avatar, path)
    assert "no picture that can be taken" in on_screen(desk, PhotoSheet).problem.text()


def test_a_crop_never_leaves_its_picture_and_keeps_its_shape():
    crop = Crop(1000, 500, 1.5)
    assert crop.part.height == 500
    far = crop.zoomed(2).moved(10_000, -10_000)
    assert (far.part.left + far.part.width, far.part.top) == (1000, 0)
    assert far.part.width / far.part.height == 1.5
    assert far.zoomed(0.1).part.height == 500
