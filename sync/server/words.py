"""The words of the server's pages, in three languages.

Kazakh nouns stay singular after a number and amounts stand after a colon, so no sentence here
needs to bend around a figure.
"""

from __future__ import annotations

LANGUAGES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
LANGUAGE_DEFAULT = "kk"

WORDS: dict[str, tuple[str, str, str]] = {
    "title": ("Адалдық дүкендері", "Магазины честности", "Honesty shops"),
    "today": ("Бүгін", "Сегодня", "Today"),
    "sales": ("Сатылым", "Продажи", "Sales"),
    "collected": ("Жиналды", "Собрано", "Collected"),
    "online": ("Байланыста", "На связи", "Connected"),
    "offline": ("Байланыс жоқ", "Нет связи", "No connection"),
    "help_calls": ("Волонтерді шақыру", "Вызовы волонтёра", "Calls for a volunteer"),
    "aside": ("Тексеруді күткен жазба", "Записи на проверке", "Entries set aside"),
    "shop": ("Дүкен", "Магазин", "Shop"),
    "last_seen": ("Соңғы байланыс", "Последняя связь", "Last contact"),
    "never": ("әлі болған жоқ", "ещё не было", "not yet"),
    "waiting": ("Жіберуді күтуде", "Ожидает отправки", "Waiting to be sent"),
    "unknown": ("белгісіз", "неизвестно", "not known"),
    "notes": ("Назар аударыңыз", "Обратите внимание", "Needs attention"),
    "forked": (
        "Екі түрлі жалғасы бар: киоскіні қайта тіркеңіз",
        "Журнал раздвоился: зарегистрируйте киоск заново",
        "Journal has two branches: enrol the kiosk again",
    ),
    "pending": ("Мақұлдауды күтуде", "Ждёт одобрения", "Waiting for approval"),
    "unreadable": ("Оқылмаған жазба", "Непрочитанные записи", "Entries not readable yet"),
    "all_well": ("Бәрі жақсы", "Всё в порядке", "All is well"),
    "no_kiosk": ("Киоск әлі тіркелмеген", "Киоск ещё не зарегистрирован", "No kiosk enrolled yet"),
    "no_shops": ("Әзірге дүкен жоқ", "Пока нет ни одного магазина", "No shops yet"),
    "unknown_codes": (
        "Тауар тізімінде жоқ штрих-кодтар",
        "Штрихкоды, которых нет в каталоге",
        "Barcodes missing from the catalogue",
    ),
    "unknown_codes_hint": (
        "Соңғы 30 күнде сканерленді",
        "Сканировали за последние 30 дней",
        "Scanned in the last 30 days",
    ),
    "times": ("Рет", "Раз", "Times"),
    "api": ("Бағдарлама интерфейсі", "Программный интерфейс", "Programming interface"),
    "as_of": ("Жаңартылды", "Обновлено", "As of"),
    "time_zone": ("Қазақстан уақыты, UTC+5", "время Казахстана, UTC+5", "Kazakhstan time, UTC+5"),
}
"""Key → Kazakh, Russian, English."""


def words_in(language: str) -> dict[str, str]:
    """All words of one language."""
    index = list(LANGUAGES).index(language)
    return {key: texts[index] for key, texts in WORDS.items()}


def choose_language(asked: str | None, accept_language: str) -> str:
    """The language asked for by ``?lang=``, else the browser's first that we have, else Kazakh."""
    if asked in LANGUAGES:
        return asked
    for tag, _ in sorted(_weighted(accept_language), key=lambda pair: -pair[1]):
        if (language := tag.partition("-")[0].lower()) in LANGUAGES:
            return language
    return LANGUAGE_DEFAULT


def _weighted(accept_language: str) -> list[tuple[str, float]]:
    """``ru;q=0.8, kk`` → [("ru", 0.8), ("kk", 1.0)]; what cannot be read weighs nothing."""
    pairs = []
    for part in accept_language[:500].split(","):
        tag, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=")
        try:
            pairs.append((tag.strip(), float(weight) if weight else 1.0))
        except ValueError:
            pairs.append((tag.strip(), 0.0))
    return pairs
