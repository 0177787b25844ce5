"""The words and signs by which a transcript's names, notes, captions and residue are known.

Words are those of the languages that the pages are in, and Arabic.
"""

from __future__ import annotations

import re
import string

INVISIBLE = "".join(map(chr, (0x61C, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A))))
"""Marks of direction and joiners: they may stand around a name, or behind its dash."""
SOFT = string.whitespace + "\u00a0\u202f\u3000" + INVISIBLE + "*_"
DASHES, HYPHENS = "‐‑‒–—―−⸺⸻﹘－~～", "﹣-"
ENDS = tuple(".!?…。！？؟۔")
OPENERS, CLOSERS = "\"'“‘«„‹([（【「『@", "\"'”’»›)]）】」』"
PARTICLES = frozenset({"&", "·", "/", "and", "y", "und", "et", "и", "та", "і", "й", "و"}) | {
    "de",
    "del",
    "la",
    "las",
    "los",
    "el",
    "da",
    "das",
    "do",
    "dos",
    "di",
    "du",
    "van",
    "von",
    "der",
    "al",
    "bin",
}
"""Words within a name that have no capital."""

_AROUND = SOFT + DASHES + HYPHENS + ":：,，،"
_ITEM = re.compile(rf"[{SOFT}]*[•·{HYPHENS}][{SOFT}]|\*\s")
_COMMA = re.compile(r"[,，،\n]")
# Two signs count as a word where no spaces stand between words.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{1,2}|[^\s\u3040-\u30ff\u3400-\u9fff]+")
_SENTENCE_END = re.compile(r"[!?…。！？؟۔;；]|\.(?!\w)")
_SHORTENED = re.compile(r"\b(?:\w|dra?|mrs?|ms|jr|sra?|sta?|prof|rev|вул|ул|обл|ім|им)\.", re.IGNORECASE)

NOTE = re.compile(
    r"""[(\[（【«"“]?\ ?(?:
    editor(?:s[’']|[’']?s)?\ (?:note|foreword) | eds?\.?\ ?note | (?:note\ )?(?:from|by)\ the\ editors?\b
    | eds?\.[:：] | n\.?\ ?b\.?[:：,.\s]
    | nota\ (?:de\ la\ redacción|del?\ (?:la\ )?editor\w*) | n\.\ ?de\ la\ r\.
    | (?:от|від)\ редак\w+ | (?:примечани[ея]|примітк[аи]|прим\.)\ ?(?:ред\w*\.?|від\ ред\w*)
    | (?:یادداشت|توضیح)\ (?:سردبیر|ویراستار|تحریریه) | از\ تحریریه
    | (?:ملاحظة|كلمة)\ (?:من\ )?(?:ال)?(?:محرر|تحرير)\w* | من\ (?:هيئة\ التحرير|المحرر)\w*
    | [编編](?:者|辑|輯)?[按注註])""",
    re.IGNORECASE | re.VERBOSE,
)
CREDIT = re.compile(
    r"""[(\[（【]?(?<!\w)(?:
    photo(?:graph)?s? | pictures? | images? | credits? | caption
    | fotos? | fotografías? | imagen | créditos? | pie\ de\ foto
    | фото(?:графи[яії])? | світлина | знімок | снимок | зображення | изображение | подпись | підпис
    | عکس | عکاس | تصویر | صورة | الصورة | تصوير | عدسة
    | [图圖](?:片|源|说|說)? | 照片 | 摄影 | 攝影 | 摄 | 攝
    )(?:\ (?:credits?|courtesy))?\ ?\d{0,3}(?:\ ?[:：/]|\ (?:by|courtesy\ of|de|por)\ )""",
    re.IGNORECASE | re.VERBOSE,
)
RESIDUE = re.compile(
    r"""(?:https?://|www\.)\S+ | [^\s@]+@[^\s@]+ | (?:©|copyright\ ).*
    # Numbers of pages and of comments.
    | [-–—\s]*(?:(?:page|pp?\.|pág(?:ina|\.)|сторінка|страница|сто?р\.|صفح[هة]|第)\s*)?\d{1,4}
      (?:\s*(?:/|of|de|из|із|з|از|من)\s*\d{1,4})?\s*[页頁]?[-–—\s]*
    | \d+\ comments? | \d+\ min(?:utes?)?\ read
    # What stands alone, perhaps with a number.
    | (?:share | tweet | subscribe | sign\ (?:up|in) | log\ in | read\ more | continue\ reading | comments?
      | advertisement | print | e?mail | copy\ link | skip\ to\ (?:main\ )?content | back\ to\ top | home | menu
      | search | donate | newsletter | all\ rights\ reserved | (?:leave|post)\ a\ (?:comment|reply)
      | (?:related|more|previous|next)\ (?:article|post|stor)\w*
      | compartir | suscr[ií]\w+ | leer\ más | sigue\ leyendo | comentarios? | publicidad | imprimir | inicio | menú
      | buscar | iniciar\ sesión
      | поделиться | подпи(?:саться|шитесь) | чита(?:ть|йте)\ (?:дал\w+|также) | подробнее | комментарии | реклама
      | распечатать | главная | меню | поиск | войти
      | поділитися | підпи(?:сатися|шіться) | чита(?:ти|йте)\ (?:далі|також) | детальніше | коментарі | друкувати
      | головна | пошук | увійти
      | اشتراک[\ \u200c]?گذاری | به\ اشتراک\ بگذارید | عضو(?:یت|\ شوید) | ادامه(?:ٔ|\ی)?\ مطلب | بیشتر\ بخوانید
      | نظرات | تبلیغات | چاپ | خانه | منو | جستجو | ورود
      | مشاركة | شارك | اشترك | اقرأ\ المزيد | (?:ال)?تعليقات | إعلان | طباعة | الرئيسية | القائمة | بحث
      | تسجيل\ الدخول
      | 分享 | 订阅 | 訂閱 | 阅读更多 | 閱讀更多 | 阅读全文 | 评论 | 評論 | 广告 | 廣告 | 打印 | 首页 | 首頁 | 菜单
      | 搜索 | 登录 | 相关文章 | 上一篇 | 下一篇
      )(?:\s?[(（]?\d+[)）]?)?
    # What goes on with anything.
    | (?:(?:share|tweet)\ (?:this|on|via|with)\b | subscribe\ (?:to|now)\b | (?:tags|filed\ under):
      | (?:posted|published|updated)(?:\ (?:on|at|by)\b|:)
      | (?:compartir|síguenos)\ en\b | publicado\ (?:el|por|en)\b
      | (?:поделиться|поділитися)\ [вуч]\ | опубл[иі]ков\w+
      | منتشر\ شده | نُ?شر\ في
      | 分享到 | [发發][布佈表]于).*""",
    re.IGNORECASE | re.VERBOSE,
)


def bare(line: str) -> str:
    """The line without emphasis, space and invisible marks around it."""
    return line.strip(SOFT)


def size(text: str) -> int:
    """How many words."""
    return len(_WORD.findall(text))


def ends_sentence(line: str) -> bool:
    return bare(line).rstrip(CLOSERS).endswith(ENDS)


def has_sentence_end(line: str) -> bool:
    """Whether a sentence ends anywhere in it; initials and the like end none."""
    return bool(_SENTENCE_END.search(_SHORTENED.sub("", line)))


def is_short(text: str) -> bool:
    """Like a title, or a line of a menu."""
    line = bare(text)
    return (
        "\n" not in line
        and len(line) <= 120
        and size(line) <= 8
        and not ends_sentence(line)
        and not line.endswith((":", "：", ",", "，", "،"))
    )


def is_item(line: str) -> bool:
    """Like a line of a list."""
    return bool(_ITEM.match(line))


def is_signature(text: str) -> bool:
    """Whether what stands behind a dash is short, begins like a name and ends no sentence.

    A name has six words at most; what follows its first comma, a city or a campaign, may have six more.
    """
    if len(text) > 120:
        return False
    name = _name(text)
    return _is_capital(name) and size(name) <= 6 and size(text) <= 12 and not has_sentence_end(text)


def is_name(text: str) -> bool:
    """The same without a dash, where more is asked: few words, each with a capital."""
    if not is_signature(text):
        return False
    name = _name(text)
    most = 4 if name.lstrip(OPENERS)[:1].isupper() else 3
    words = [word for word in name.split() if word not in PARTICLES]
    return size(name) <= most and all(map(_is_capital, words))


def is_caseless(char: str) -> bool:
    """Whether it is a letter of a script without capitals."""
    return char.isalpha() and char.lower() == char.upper()


def signature(text: str) -> tuple[str, str]:
    """The name, and what follows its first comma or line, without the dashes, stars and colons around them."""
    name, *more = _COMMA.split(text.strip(_AROUND), maxsplit=1)
    return " ".join(name.strip(_AROUND).split()), " ".join(" ".join(more).strip(_AROUND).split())


def _name(text: str) -> str:
    return _COMMA.split(text, maxsplit=1)[0].strip(_AROUND)


def _is_capital(word: str) -> bool:
    first = word.lstrip(OPENERS + INVISIBLE)[:1]
    return first.isalpha() and not first.islower()
