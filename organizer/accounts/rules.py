"""What a name and a password must be, and how long sessions and links last."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from itertools import pairwise

from organizer.errors import RuleError

SHORTEST_PASSWORD, LONGEST_PASSWORD = 15, 1000
SHORTEST_OWN_PART = 8
LONGEST_NAME = 60
SESSION_LASTS = timedelta(days=30)
MARK_LASTS = timedelta(days=180)
PASSWORD_LINK_LASTS = timedelta(hours=48)

# What people, and after them machines, try first once a password must be long. Our own list, kept short.
COMMON = """
password passwort motdepasse contrasena wachtwoord parola пароль letmein welcome iloveyou
ihatepasswords changeme secret administrator organizer supervisor superuser trustno1 opensesame
qwertyuiop qwertzuiop azertyuiop asdfghjkl zxcvbnm yxcvbnm 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc4rfv5tgb
йцукенгшщзхъ фывапролджэ ячсмитьбю
correcthorsebatterystaple thequickbrownfoxjumpsoverthelazydog onceuponatime tobeornottobe
thatisthequestion maytheforcebewithyou happybirthdaytoyou inthebeginning allyouneedislove
todayisagoodday ilovemymother ilovemydog
nojusticenopeace powertothepeople solidarityforever workersoftheworldunite
blacklivesmatter womanlifefreedom anotherworldispossible bellaciao nopasaran
elpueblounido jamasseravencido sisepuede jinjiyanazadi zanzendegiazadi stopthewar nowarnowar
nothingaboutuswithoutus silenceequalsdeath fightthepower wearethepeople wearethe99percent
slavaukraini slavaukraine heroiamslava славаукраїні героямслава нетвойне мирумир
жывебеларусь zhyvebelarus freedomofspeech freedomforall libertyandjusticeforall libertéégalitéfraternité
"""


def account_name(typed: str) -> str:
    """The form in which names are kept and compared. Raises RuleError for none, an over-long or unprintable one."""
    name = " ".join(unicodedata.normalize("NFKC", typed).casefold().split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise RuleError("Give a name of 1 to 60 characters.", field="name")
    return name


def check_password(password: str, name: str) -> None:
    """Raise RuleError for a password that is short, over-long, or among the first that anybody would try.

    What counts is what is left without repetition, the account's name, common phrases, rows of keys and runs like 321.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise RuleError(
            "Use %(fewest)d characters or more. Four words with spaces between do well.",
            field="password",
            fewest=SHORTEST_PASSWORD,
        )
    if len(password) > LONGEST_PASSWORD:
        raise RuleError("Use %(most)d characters at most.", field="password", most=LONGEST_PASSWORD)
    if len(_own_part(password, name)) < SHORTEST_OWN_PART:
        raise RuleError(
            "This one, or most of it, is among the first that others would try. Take four words drawn at random.",
            field="password",
        )


def _own_part(password: str, name: str) -> str:
    left = _bare(password)
    left = left[: (left + left).find(left, 1)]
    for phrase in sorted({_bare(name), *COMMON.split()}, key=len, reverse=True):
        left = left.replace(phrase, "") if phrase else left
    return left[:1] + "".join(char for before, char in pairwise(left) if abs(ord(char) - ord(before)) > 1)


def _bare(text: str) -> str:
    """Letters and digits only, in one case."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
