import pytest

from organizer.media.pdf_content import clean


def _cleaned(content: bytes, hidden: tuple[str, ...] = ()) -> bytes:
    return clean(content, hidden).data


@pytest.mark.parametrize(
    "content",
    [
        b"q\n1 0 0 1 10.50 -.5 cm\n/Im1 Do\nQ",
        b"BT\n/F1 12 Tf\n(a \\) b % c) Tj\n[(x) -120 <4142>] TJ\n(y) '\n1 2 (z) \"\nET",
        b"/Cs1 cs\n.1 .2 .3 sc\n/P1 scn\n0 0 1 1 re\nf*",
        b"[3 2] 0 d\n/Gs1 gs\n/Sh1 sh\n/Perceptual ri\n0 0 m\n1 1 2 2 3 3 c\nW*\nn",
    ],
)
def test_what_draws_stays_as_it_was_written(content: bytes) -> None:
    assert _cleaned(content) == content


@pytest.mark.parametrize(
    "content",
    [
        b"% X\n",
        b"/Span <</ActualText (X)>> BDC EMC",
        b"/X BMC EMC",
        b"/X MP",
        b"/X <</X (X)>> DP",
        b"(X) unknown",
        b"(X) w",
        b"(X)",
        b"/X w",
        b"<</X (X)>> Tj",
        b"[(X)] 0 d",
        b"[/X] TJs",
        b"(X) PS",
        b"/X ri",
        b"/Y gs 1",
        b"0X w",
        b"[0X] 0 d",
        b"/X 1 Tf",
        b"true X",
    ],
)
def test_what_does_not_draw_goes(content: bytes) -> None:
    assert _cleaned(b"q " + content + b" Q") == b"q\nQ"


def test_more_operands_than_an_operator_takes_are_left_out() -> None:
    assert _cleaned(b"(X) /X 9 1 0 0 rg") == b"1 0 0 rg"


def test_comments_inside_an_array_go_and_percent_signs_in_text_stay() -> None:
    assert _cleaned(b"[(100%) % X\n 5 (y)] TJ") == b"[ (100%) 5 (y) ] TJ"


def test_a_layer_that_is_not_shown_draws_nothing_and_moves_as_before() -> None:
    content = (
        b"/OC /Off BDC q 1 0 0 1 5 5 cm BT /F1 9 Tf (X) Tj (X) ' ET 0 0 9 9 re f /Im Do"
        b" BI /W 1 /H 1 /BPC 8 /CS /G ID X EI Q /Span BMC (X) Tj EMC EMC (shown) Tj"
    )
    assert _cleaned(content, ("/Off",)).split(b"\n") == [
        b"q", b"1 0 0 1 5 5 cm", b"BT", b"T*", b"ET", b"0 0 9 9 re", b"n", b"Q", b"(shown) Tj",
    ]  # fmt: skip
    assert clean(content, ("/Off",)).has_hidden
    assert b"(X) Tj" in _cleaned(content, ("/Other",))


@pytest.mark.parametrize("mark", [b"/#4fC /Of#66 BDC", b"/X /OC /Off BDC", b"(X) 1 /OC /Off BDC"])
def test_a_mark_of_a_layer_is_seen_however_it_is_written(mark: bytes) -> None:
    assert _cleaned(mark + b" (X) Tj EMC (shown) Tj", ("/Off",)) == b"(shown) Tj"


@pytest.mark.parametrize(
    "mark", [b"/OC BDC", b"/Off BDC", b"/OC /Off BMC", b"/Off /OC BDC", b"/OC /Off /X BDC", b"1 2 BDC"]
)
def test_other_marks_hide_nothing(mark: bytes) -> None:
    assert _cleaned(mark + b" (X) Tj EMC", ("/Off",)) == b"(X) Tj"


def test_what_nothing_is_drawn_with_goes() -> None:
    content = b"/A gs q /B gs /C cs /D scn Q /F1 1 Tf /F2 2 Tf /E CS /G SCN S n (shown) Tj /H gs"
    assert _cleaned(content).split(b"\n") == [
        b"/A gs", b"q", b"Q", b"/F2 2 Tf", b"/E CS", b"/G SCN", b"S", b"n", b"(shown) Tj",
    ]  # fmt: skip


def test_names_are_given_anew() -> None:
    content = clean(b"/A#41 gs /P cs .5 /P scn f /A Do /F 9 Tf BT (A) Tj ET BI /CS /A /W 1 /H 1 /BPC 8 ID a EI")
    names = {("/ExtGState", b"/A#41"): b"/G1", ("/Pattern", b"/P"): b"/P1", ("/Font", b"/F"): b"/F1"}
    assert content.renamed({**names, ("/ColorSpace", b"/A"): b"/C2"}).split(b"\n") == [
        b"/G1 gs", b".5 /P1 scn", b"f", b"/F1 9 Tf", b"BT", b"(A) Tj", b"ET",
        b"BI /W 1 /H 1 /BPC 8 /CS /C2 ID a ", b"EI",
    ]  # fmt: skip


def test_the_letters_shown_in_each_font_are_counted() -> None:
    content = clean(b"(a) Tj /F 9 Tf [(bc) 5 <64>] TJ q /G 9 Tf (b) ' Q 1 2 (e) \"")
    shown = {font: codes.single for font, codes in content.letters.items()}
    assert shown == {b"": set(b"a"), b"/F": set(b"bcde"), b"/G": set(b"b")}
    assert content.letters[b"/F"].double == {0x6263}


def test_names_within_an_array_of_letters_go() -> None:
    assert _cleaned(b"[(a) /X 5 (b(c)) true <64>] TJ") == b"[ (a) 5 (b\\(c\\)) (d) ] TJ"


def test_an_image_within_the_content_keeps_what_describes_it() -> None:
    content = b"BI /W 2 /H 1 /BPC 8 /CS /G /X (X) /Comment /X ID ab EI"
    assert _cleaned(content).startswith(b"BI /W 2 /H 1 /BPC 8 /CS /G ID ab")
    assert _cleaned(content).endswith(b"EI")


def test_how_often_each_resource_is_drawn_is_counted() -> None:
    content = clean(b"/A Do /A Do /B#20c gs /#82P scn f 1 0 0 scn 1 0 0 rg")
    assert content.uses == {("/XObject", b"/A"): 2, ("/ExtGState", b"/B#20c"): 1, ("/Pattern", b"/#82P"): 1}
    assert content.operators == 7


@pytest.mark.parametrize(
    "content", [b"", b"(", b"[", b"<<", b"EMC EMC", b"BI", b"ID", b"BI ID x", b">> ]", b"\x00\xff"]
)
def test_broken_content_is_no_trouble(content: bytes) -> None:
    _cleaned(b"q " + content)


@pytest.mark.parametrize(
    "told",
    [
        b"/F 0 Tf (A) Tj",
        b"q 0 0 0 0 0 0 cm (A) Tj Q",
        b"q 1 2 2 4 0 0 cm (A) Tj Q",
        b"q .0000001 0 0 .0000001 0 0 cm .0000001 0 0 .0000001 0 0 cm [(A)] TJ Q",
        b"0 0 0 1 5 5 Tm (A) '",
        b"0 Tz (A) Tj",
    ],
)
def test_letters_of_no_size_go(told: bytes) -> None:
    assert b"A" not in b" ".join(clean(b"BT /F 9 Tf " + told).lines)


@pytest.mark.parametrize(
    "told",
    [
        b"q 0 0 0 0 0 0 cm Q (A) Tj",
        b"0 0 0 0 0 0 Tm ET BT (A) Tj",
        b"/F -9 Tf -100 Tz (A) Tj",
        b"0 1 -1 0 5 5 Tm (A) Tj",
        b"/F 0 Tf .01 0 0 .01 0 0 cm /F 1 Tf (A) Tj",
    ],
)
def test_letters_of_any_size_stay(told: bytes) -> None:
    assert b"A" in b" ".join(clean(b"BT /F 9 Tf " + told).lines)
