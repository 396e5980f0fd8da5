"""Coming in and going out: password, second factor, invitations."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, select, update
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import ConfigError
from sync.server.accounts import people, second_factor, sessions
from sync.server.accounts.roles import Person
from sync.server.schema import account
from sync.server.web.guard import COOKIE, Meant, Reader, Visitor, form_of, local_path, plain
from sync.server.web.page import language_of, now_ms, page, store_of

router = APIRouter(include_in_schema=False)

Next = Annotated[str | None, Query(alias="next")]


@router.get("/login")
def get_login(request: Request, person: Visitor, go_on: Next = None) -> Response:
    """The form."""
    if person is not None:
        return RedirectResponse(local_path(go_on), 303)
    return page(request, "login.html", go_on=local_path(go_on), refused=False, wait_s=0, email="")


@router.post("/login")
async def post_login(request: Request) -> Response:
    """Checks the password; slower after each failure."""
    form = await form_of(request)
    go_on = local_path(str(form.get("next", "")))
    email = plain(str(form.get("email", "")))
    came_from = request.client.host if request.client else ""
    login = sessions.Login(email, str(form.get("password", "")), came_from)
    try:
        secret = await run_in_threadpool(sessions.log_in, store_of(request), login, now_ms(request))
    except sessions.LoginRefusedError as refused:
        return page(
            request,
            "login.html",
            status=429 if refused.wait_s else 401,
            go_on=go_on,
            refused=True,
            wait_s=refused.wait_s,
            email=email,
        )
    answer = RedirectResponse(f"/login/code?next={go_on}", 303)
    _give_cookie(request, answer, secret)
    return answer


@router.get("/login/code")
def get_code(request: Request, person: Reader, go_on: Next = None) -> Response:
    """Asks for the second factor, or sets it up; an auditor needs none."""
    if person.second_factor or not person.is_changer:
        return RedirectResponse(local_path(go_on), 303)
    return _code_page(request, person, local_path(go_on))


@router.post("/login/code")
async def post_code(request: Request, what: Meant) -> Response:
    """Checks the code; the session may change things from now on."""
    go_on, code = local_path(what.text("next")), what.text("code")
    secret = request.cookies.get(COOKIE, "")
    try:
        await run_in_threadpool(
            sessions.show_second_factor,
            store_of(request),
            secret,
            what.person,
            code,
            now_ms(request),
        )
    except sessions.LoginRefusedError as refused:
        draw = partial(_code_page, refused=True, wait_s=refused.wait_s)
        return await run_in_threadpool(draw, request, what.person, go_on)
    return RedirectResponse(go_on, 303)


@router.post("/logout")
async def post_logout(request: Request, _what: Meant) -> Response:
    """Ends the session."""
    secret = request.cookies.get(COOKIE, "")
    await run_in_threadpool(
        store_of(request).write, lambda connection: sessions.end(connection, secret)
    )
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/join/{token}")
def get_join(request: Request, token: str) -> Response:
    """What an invitation offers: a name and a password."""
    given = store_of(request).read(
        lambda connection: people.invitation_of(connection, token, now_ms(request))
    )
    return page(request, "join.html", given=given, trouble="", name="")


@router.post("/join/{token}")
async def post_join(request: Request, token: str) -> Response:
    """Makes the account and logs in."""
    form = await form_of(request)
    name, password = plain(str(form.get("name", ""))), str(form.get("password", ""))
    at_ms, language = now_ms(request), language_of(request)
    store = store_of(request)
    try:
        account_id = await run_in_threadpool(
            store.write,
            lambda connection: people.accept(
                connection, token, name=name, password=password, language=language, now_ms=at_ms
            ),
        )
    except ConfigError as error:
        given = await run_in_threadpool(
            store.read, lambda connection: people.invitation_of(connection, token, at_ms)
        )
        return page(request, "join.html", status=422, given=given, trouble=str(error), name=name)
    secret = await run_in_threadpool(
        store.write, lambda connection: sessions.begin(connection, account_id, at_ms)
    )
    answer = RedirectResponse("/login/code", 303)
    _give_cookie(request, answer, secret)
    return answer


def _code_page(
    request: Request, person: Person, go_on: str, *, refused: bool = False, wait_s: int = 0
) -> Response:
    secret = "" if person.has_second_factor else _secret_to_set_up(request, person)
    uri = second_factor.setup_uri(secret, person.email) if secret else ""
    return page(
        request,
        "code.html",
        status=200 if not refused else 429 if wait_s else 401,
        go_on=go_on,
        refused=refused,
        wait_s=wait_s,
        secret=secret,
        picture=second_factor.setup_picture(uri) if uri else "",
    )


def _secret_to_set_up(request: Request, person: Person) -> str:
    """The secret that waits for its first right code; the same until then."""
    mine = account.c.account_id == person.account_id

    def work(connection: Connection) -> str:
        row = connection.execute(select(account.c.totp_secret).where(mine)).one()
        if row.totp_secret:
            return str(row.totp_secret)
        fresh = second_factor.new_secret()
        connection.execute(update(account).where(mine).values(totp_secret=fresh))
        return fresh

    return store_of(request).write(work)


def _give_cookie(request: Request, answer: Response, secret: str) -> None:
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=sessions.LIFETIME_MS // 1000,
        httponly=True,
        secure=request.url.scheme == "https" or request.app.state.settings.behind_tls,
        samesite="lax",
    )
