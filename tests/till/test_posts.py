"""Posts hang on the start screen on their days; the next day's come without anybody's touch."""

from kiosk.domain.ledger import day_of
from kiosk.till import Till
from kiosk.views import Post, Voice
from tests.till.shop import SETTINGS, Shop

DAY_MS = 86_400_000


def test_a_new_day_brings_its_posts_while_nobody_is_there(shop: Shop) -> None:
    shop.posts[day_of(shop.now_ms())] = (Post({"kk": "бүгін"}),)
    shop.till.posts_changed()
    assert [post.line_in("kk") for post in shop.state.posts] == ["бүгін"]
    shop.later_ms += DAY_MS
    shop.till.tick()
    assert shop.state.posts == ()


def test_the_next_shopper_finds_the_voice_as_the_shop_has_it(shop: Shop) -> None:
    from dataclasses import replace

    till: Till = shop.till
    till.settings_changed(replace(SETTINGS, voice_offered=True))
    till.switch_voice()
    assert shop.state.voice is Voice.ON
    till.begin()
    till.cancel()
    assert till.state.voice is Voice.OFF
    till.switch_voice()
    shop.now_s += SETTINGS.idle_after_s + 1
    till.tick()
    assert till.state.voice is Voice.OFF
    till.settings_changed(SETTINGS)
    till.switch_voice()
    assert till.state.voice is Voice.NONE
