"""The product editor's pictures: taken by the camera or found on a stick.

A picture is on disk before the form names it; those that no product took are deleted again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.admin import product_pictures
from kiosk.admin.product_pictures import PictureFile
from kiosk.admin.product_state import Note, Part
from kiosk.domain.errors import AdalError

if TYPE_CHECKING:
    from kiosk.admin.product import ProductDesk

FILES_PER_PAGE = 8


class PictureDesk:
    """Serves one product desk; all methods are called in the screens' thread."""

    def __init__(self, desk: ProductDesk) -> None:
        self._desk = desk
        self._made: set[str] = set()
        self._files: tuple[PictureFile, ...] = ()
        self._asked = self._sitting = 0

    def frame(self) -> Any | None:
        """What the camera sees as a square of RGB pixels, or None."""
        full = self._full_frame()
        return None if full is None else product_pictures.square_part(full)

    def take(self) -> None:
        """The camera's picture becomes the product's."""
        frame = self._full_frame()
        if frame is None:
            self._desk.say(Note.NO_CAMERA)
            return
        directory = self._desk.room.directory
        self._make(lambda: product_pictures.keep_frame(frame, directory))

    def open_files(self) -> None:
        """Looks for pictures on the sticks."""
        room = self._desk.room
        self._files = ()
        self._desk.show(part=Part.FILES, looking=True, files=(), files_page=0, files_pages=1)
        self._ask(
            lambda: product_pictures.picture_files(p.path for p in room.places() if p.is_stick),
            self._found,
        )

    def turn(self, pages: int) -> None:
        """So many pages on, or back."""
        state = self._desk.state
        page = min(max(state.files_page + pages, 0), state.files_pages - 1)
        self._show_page(page)

    def pick(self, index: int) -> None:
        """The file in that place of the page becomes the product's picture."""
        files = self._desk.state.files
        if index < len(files):
            directory, path = self._desk.room.directory, files[index].path
            self._make(lambda: product_pictures.keep_file(path, directory))

    def none(self) -> None:
        """The product has no picture."""
        self._use(None)

    def adopt(self, picture: str) -> None:
        """One of an earlier sitting counts as made in this one, so that it goes if nobody takes it."""
        self._made.add(picture)

    def forget_unused(self, keep: str | None) -> None:
        """Deletes what was made in this sitting and that no product has; ``keep`` stays."""
        made, self._made = self._made, set()
        self._asked += 1
        self._sitting += 1
        self._drop(made, keep)

    def _drop(self, made: set[str], keep: str | None) -> None:
        room = self._desk.room
        # A file that was chosen twice has one stem; the other product may be the one that shows it.
        used = {product.picture for product in room.shelf.catalogue.products}
        unused = made - used - {keep}
        if unused:
            room.work(lambda: _forget_all(unused, room.directory), lambda _done: None)

    def _full_frame(self) -> Any | None:
        try:
            camera = self._desk.room.service("camera")
        except KeyError:
            return None
        return None if camera is None else camera.latest_frame()

    def _make(self, job: Callable[[], str]) -> None:
        if self._desk.state.picturing:
            return
        sitting = self._sitting
        self._desk.show(picturing=True)
        self._desk.room.work(
            job,
            lambda stem: self._made_one(stem, sitting),
            lambda error: self._failed(error, sitting),
        )

    def _made_one(self, stem: str, sitting: int) -> None:
        if sitting == self._sitting:
            self._made.add(stem)
            self._use(stem)
        else:  # he has gone on meanwhile
            self._drop({stem}, None)

    def _failed(self, error: AdalError, sitting: int) -> None:
        if sitting == self._sitting:
            self._desk.show(picturing=False)
            self._desk.say(Note.PICTURE_FAILED, reason=error)

    def _use(self, stem: str | None) -> None:
        form = replace(self._desk.state.form, picture=stem)
        self._desk.show(form=form, part=Part.FORM, picturing=False)

    def _found(self, files: tuple[PictureFile, ...]) -> None:
        self._files = files
        pages = max(1, -(-len(files) // FILES_PER_PAGE))
        self._desk.show(files_pages=pages)
        self._show_page(0)

    def _show_page(self, page: int) -> None:
        first = page * FILES_PER_PAGE
        shown = self._files[first : first + FILES_PER_PAGE]
        self._desk.show(files=shown, files_page=page, looking=bool(shown))
        if shown:
            self._ask(
                lambda: tuple(map(product_pictures.with_thumbnail, shown)),
                lambda drawn: self._desk.show(files=drawn, looking=False),
            )

    def _ask(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Work whose answer counts only if nothing else was asked for since."""
        self._asked += 1
        mine = self._asked
        self._desk.room.work(job, lambda found: done(found) if mine == self._asked else None)


def _forget_all(stems: set[str], directory: Path) -> None:
    for stem in stems:
        product_pictures.forget(stem, directory)
