import pikepdf
import pytest
from pikepdf import Dictionary, Name

from organizer.media import pdfs
from tests.media import corpus, pages


def test_hidden_layers_are_left_out_and_shown_ones_stay() -> None:
    rebuilt = pdfs.rebuild(corpus.planted_pdf())
    page = pages.drawn(rebuilt.data)[0]
    blue, nothing = page[int((400 - 40) * 1.5), int(220 * 1.5)], page[int((400 - 5) * 1.5), int(5 * 1.5)]
    assert blue.tolist() == [255, 0, 0]
    assert nothing.tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    ("policy", "groups", "is_shown"),
    [
        ("/AnyOn", ["off"], False),
        ("/AnyOn", ["off", "on"], True),
        ("/AllOn", ["off", "on"], False),
        ("/AllOn", ["on"], True),
        ("/AnyOff", ["off", "on"], True),
        ("/AnyOff", ["on"], False),
        ("/AllOff", ["off"], True),
        ("/AllOff", ["off", "on"], False),
    ],
)
def test_rules_over_several_layers_are_followed(policy: str, groups: list[str], is_shown: bool) -> None:
    with pikepdf.new() as pdf:
        layers = {name: pdf.make_indirect(Dictionary(Type=Name.OCG, Name=name)) for name in ("on", "off")}
        pdf.Root.OCProperties = Dictionary(OCGs=list(layers.values()), D=Dictionary(OFF=[layers["off"]]))
        rule = Dictionary(Type=Name.OCMD, P=Name(policy), OCGs=[layers[name] for name in groups])
        page = pdf.add_blank_page(page_size=(100, 100))
        page.Resources = Dictionary(Properties=Dictionary(L=rule))
        page.Contents = pdf.make_stream(b"/OC /L BDC 0 0 100 100 re f EMC")
        drawn = pages.drawn(pdfs.rebuild(pages.saved(pdf)).data)[0]
    assert (drawn.max() == 0) == is_shown


def test_layers_that_are_off_unless_told_otherwise_are_left_out() -> None:
    with pikepdf.new() as pdf:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="layer"))
        pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(BaseState=Name.OFF))
        page = pdf.add_blank_page(page_size=(100, 100))
        page.Resources = Dictionary(Properties=Dictionary(L=layer))
        page.Contents = pdf.make_stream(b"/OC /L BDC 0 0 100 100 re f EMC")
        assert pages.drawn(pdfs.rebuild(pages.saved(pdf)).data)[0].min() == 255


@pytest.mark.parametrize(
    ("file_says", "layer_says", "is_shown"),
    [("OFF", "ON", False), ("ON", "OFF", False), ("ON", "ON", True), ("OFF", None, False), ("ON", None, True)],
)
def test_a_layer_that_the_file_or_the_layer_itself_switches_off_is_left_out(
    file_says: str, layer_says: str | None, is_shown: bool
) -> None:
    with pikepdf.new() as pdf:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="layer"))
        if layer_says:
            layer.Usage = Dictionary(View=Dictionary(ViewState=Name(f"/{layer_says}")))
        pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary({f"/{file_says}": pikepdf.Array([layer])}))
        page = pdf.add_blank_page(page_size=(100, 100))
        page.Resources = Dictionary(Properties=Dictionary(L=layer))
        page.Contents = pdf.make_stream(b"/OC /L BDC 0 0 100 100 re f EMC")
        assert (pages.drawn(pdfs.rebuild(pages.saved(pdf)).data)[0].min() == 0) == is_shown
