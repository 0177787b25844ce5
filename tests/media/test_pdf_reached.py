"""Nothing is kept that no page draws: neither what a hidden layer drew, nor what another page did."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from organizer.media import Removed, pdfs, printing, stamps
from organizer.media.corners import Stamp, frame
from tests.media import features, looking, pages, reaching

MADE: dict[str, Callable[[], bytes]] = {
    "a hidden layer": reaching.layered,
    "another page's": reaching.shared,
    "forms, tiles and letters": reaching.nested,
}
RENDITIONS: dict[str, Callable[[bytes], bytes]] = {
    "screen": lambda data: printing.screen(data).data,
    "grey": lambda data: printing.grey(data).data,
    "2-up": lambda data: printing.two_up_a4(data).data,
    "4-up": lambda data: printing.four_up_letter(data).data,
    "stamped": lambda data: stamps.stamp(frame(data, Stamp("https://x.example/l/ABC", "ABC DEF"))).data,
}


def _images(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return sum(isinstance(item, pikepdf.Stream) and item.get("/Subtype") == Name.Image for item in pdf.objects)


@pytest.mark.parametrize("name", MADE)
def test_what_no_page_draws_is_not_in_the_file(name: str) -> None:
    data = MADE[name]()
    rebuilt = pdfs.rebuild(data)
    assert len(looking.left(data)) >= 2
    assert looking.left(rebuilt.data) == set()
    assert reaching.unreached(rebuilt.data) == set()
    assert looking.inked(data) > 0.01
    assert looking.off(data, rebuilt.data) < looking.MOST_OFF


def test_what_nothing_leads_to_would_be_noticed() -> None:
    assert reaching.unreached(reaching.shared())
    assert reaching.unreached(reaching.nested())


@pytest.mark.parametrize("rendition", RENDITIONS)
@pytest.mark.parametrize("name", MADE)
def test_no_rendition_has_it_either(name: str, rendition: str) -> None:
    rebuilt = pdfs.rebuild(MADE[name]()).data
    made = RENDITIONS[rendition](rebuilt)
    assert looking.left(made) == set()
    assert _images(made) <= _images(rebuilt)
    assert reaching.unreached(made) == set()


@pytest.mark.parametrize("feature", features.FEATURES)
def test_every_picture_form_and_font_of_a_rebuilt_file_is_drawn(feature: str) -> None:
    assert reaching.unreached(pdfs.rebuild(features.FEATURES[feature]()).data) == set()


def test_words_of_a_hidden_layer_in_a_form_that_uses_its_pages_names_stay_hidden() -> None:
    with pikepdf.new() as pdf:
        off = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="off"))
        pdf.Root.OCProperties = Dictionary(OCGs=[off], D=Dictionary(OFF=[off]))
        hidden = b"/OC /MC1 BDC BT /F1 20 Tf 50 30 Td (CANARY-%b) Tj ET EMC"
        fonts = Dictionary(F1=reaching.font(pdf))
        forms = {
            "/Bare": reaching.form(pdf, hidden % b"bare"),
            "/Own": reaching.form(pdf, hidden % b"own", Dictionary(Font=fonts)),
        }
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        page.Resources = Dictionary(Font=fonts, XObject=Dictionary(forms), Properties=Dictionary(MC1=off))
        page.Contents = pdf.make_stream(b"/Bare Do /Own Do")
        rebuilt = pdfs.rebuild(pages.saved(pdf))
    assert looking.left(rebuilt.data) == set()
    assert rebuilt.text == ""
    assert Removed.HIDDEN_LAYERS in rebuilt.removed


def test_a_form_without_resources_draws_with_those_of_each_page_that_draws_it() -> None:
    with pikepdf.new() as pdf:
        bare = reaching.form(pdf, b"/C cs 1 scn 0 0 50 50 re f")
        for shade in (0.2, 0.8):
            tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1], C1=[shade], N=1)
            page = pdf.add_blank_page(page_size=(100, 100)).obj
            space = [Name.Separation, Name("/CANARY-ink"), Name.DeviceGray, tint]
            page.Resources = Dictionary(XObject=Dictionary(X=bare), ColorSpace=Dictionary(C=space))
            page.Contents = pdf.make_stream(b"/X Do")
        data = pages.saved(pdf)
    rebuilt = pdfs.rebuild(data).data
    assert looking.off(data, rebuilt) == 0
    assert [int(page[140, 10, 0]) for page in pages.drawn(rebuilt)] == pytest.approx([51, 204], abs=2)


@pytest.mark.parametrize(
    "content",
    [
        b"/F9 40 Tf BT 10 10 Td (words) Tj ET",
        b"q /F1 40 Tf Q /F1 30 Tf q BT 10 10 Td (words) Tj ET Q",
        b"/C cs q 1 scn Q .3 scn 0 0 50 50 re f",
        b"/Pattern cs /None scn 0 0 50 50 re f /None sh /None gs /None Do 0 g 0 60 50 10 re f",
        b"BI /W 1 /H 1 /BPC 8 /CS /C ID a EI q 50 0 0 50 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /C ID 0 EI Q",
        b"/OC /Off BDC /C cs 1 scn /F1 20 Tf EMC 0 0 50 50 re f BT 10 60 Td (w) Tj ET",
    ],
)
def test_what_is_in_force_when_something_is_drawn_stays(content: bytes) -> None:
    with pikepdf.new() as pdf:
        off = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="off"))
        pdf.Root.OCProperties = Dictionary(OCGs=[off], D=Dictionary(OFF=[off]))
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 1, 1], C1=[0.9, 0.1, 0.2], N=1)
        page.Resources = Dictionary(
            Font=Dictionary(F1=reaching.font(pdf)),
            ColorSpace=Dictionary(C=[Name.Separation, Name.Spot, Name.DeviceRGB, tint]),
            Properties=Dictionary(Off=off),
        )
        page.Contents = pdf.make_stream(content)
        data = pages.saved(pdf)
    rebuilt = pdfs.rebuild(data).data
    assert looking.inked(data) > 0.005
    assert looking.off(data, rebuilt) == 0
