from adapters.cli.language import asked, preferred


def test_she_who_names_a_language_is_answered_in_it() -> None:
    assert asked(["doctor", "--lang", "ja"]) == "ja"
    assert asked(["doctor", "--lang=en", "--json"]) == "en"


def test_a_language_we_do_not_speak_is_left_to_the_usage_error() -> None:
    assert asked(["doctor", "--lang", "fr"]) is None
    assert asked(["doctor", "--lang"]) is None


def test_the_locale_decides_when_nobody_says() -> None:
    assert preferred({"LANG": "ja_JP.UTF-8"}) == "ja"
    assert preferred({"LANG": "de_DE.UTF-8"}) == "en"
    assert preferred({"LANG": "C"}) == "en"
    assert preferred({}) == "en"


def test_the_variables_of_the_locale_rank_as_posix_ranks_them() -> None:
    assert preferred({"LC_ALL": "ja_JP.UTF-8", "LANG": "en_GB.UTF-8"}) == "ja"
    assert preferred({"LC_MESSAGES": "en_GB.UTF-8", "LANG": "ja_JP.UTF-8"}) == "en"
    assert preferred({"LC_ALL": "", "LANG": "ja_JP.UTF-8"}) == "ja"


def test_our_own_variable_outranks_the_locale() -> None:
    assert preferred({"TSUNAGU_LANG": "en", "LANG": "ja_JP.UTF-8"}) == "en"
