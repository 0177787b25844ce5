"""Files with a canary in every place that can hold one; a canary names its place."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

pillow_heif.register_heif_opener()

VISIBLE = "Free the prisoners"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>CANARY-xmp</rdf:RDF></x:xmpmeta>'


def canaries(data: bytes) -> set[str]:
    """Return the names of the canaries in these bytes, also where they are written in UTF-16 or hexadecimal."""
    found = set(re.findall(rb"CANARY-([a-z0-9_]+)", data))
    found |= {name.replace(b"\0", b"") for name in re.findall(rb"C\0A\0N\0A\0R\0Y\0-\0((?:[a-z0-9_]\0)+)", data)}
    found |= {bytes.fromhex(name.decode()) for name in re.findall(rb"(?i)43414e4152592d((?:[0-9a-f]{2}){2,20})", data)}
    return {name.decode("latin-1") for name in found}


def pdf_canaries(data: bytes) -> set[str]:
    """Return the canaries in a PDF: in its bytes, in each object, and in each stream, raw and unpacked."""
    found = canaries(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for item in pdf.objects:
            found |= canaries(item.unparse(resolved=True))
            if isinstance(item, Stream):
                found |= canaries(item.read_raw_bytes()) | canaries(_unpacked(item))
    return found


def _unpacked(stream: Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return b""


def photo(size: tuple[int, int] = (600, 400)) -> Image.Image:
    """A picture with many colours, red on the left and blue on the right, light at the top."""
    red, green = Image.linear_gradient("L").rotate(270).resize(size), Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", (red.point(lambda value: 255 - value), green.point(lambda value: 255 - value), red))


def drawing(size: tuple[int, int] = (600, 400)) -> Image.Image:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((50, 50, 200, 200), fill="red")
    return image


def exif(orientation: int = 1) -> Image.Exif:
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010E] = "CANARY-description"
    told[0x0110] = "CANARY-camera"
    told[0x013B] = "CANARY-artist"
    place = told.get_ifd(0x8825)
    place.update({1: "N", 2: (37.0, 48.0, 15.0), 3: "W", 4: (122.0, 16.0, 15.0), 27: b"CANARY-gps"})
    return told


def profile() -> bytes:
    """An sRGB profile that names its owner's screen."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made.replace(b"s\0R\0G\0B\0 \0b\0u\0i\0l\0t\0-\0i\0n", "CANARY-icc  ".encode("utf-16-be")[1:] + b"\0")


def jpeg(image: Image.Image | None = None, orientation: int = 1, **options: Any) -> bytes:
    written = io.BytesIO()
    options = {"exif": exif(orientation).tobytes(), "xmp": XMP, "comment": b"CANARY-comment", **options}
    (image or photo()).save(written, "JPEG", icc_profile=profile(), **options)
    return written.getvalue() + b"CANARY-behind_the_end"


def png(image: Image.Image | None = None, orientation: int = 1) -> bytes:
    written, told = io.BytesIO(), PngImagePlugin.PngInfo()
    told.add_text("Comment", "CANARY-text")
    told.add_text("Author", "CANARY-ztext", zip=True)
    told.add_itxt("XML:com.adobe.xmp", XMP.decode())
    told.add(b"prVt", b"CANARY-private_chunk")
    (image or photo()).save(written, "PNG", exif=exif(orientation).tobytes(), icc_profile=profile(), pnginfo=told)
    return written.getvalue() + b"CANARY-behind_the_end"


def webp(image: Image.Image | None = None, orientation: int = 1) -> bytes:
    written = io.BytesIO()
    (image or photo()).save(
        written, "WEBP", exif=exif(orientation).tobytes(), xmp=XMP, icc_profile=profile(), lossless=True
    )
    return written.getvalue() + b"CANARY-behind_the_end"


def heic(image: Image.Image | None = None, orientation: int = 1) -> bytes:
    written = io.BytesIO()
    (image or photo()).save(written, "HEIF", exif=exif(orientation).tobytes(), xmp=XMP, icc_profile=profile())
    return written.getvalue()


def avif(image: Image.Image | None = None, orientation: int = 1) -> bytes:
    written = io.BytesIO()
    (image or photo()).save(written, "AVIF", exif=exif(orientation).tobytes(), xmp=XMP, icc_profile=profile(), speed=10)
    return written.getvalue()


PICTURES = {"jpeg": jpeg, "png": png, "webp": webp, "heic": heic, "avif": avif}


def planted_pdf() -> bytes:
    """A PDF of two pages, with a visible line, safe links, and canaries in more than forty places."""
    pdf = pikepdf.new()
    _plant_resources(pdf, _plant_page(pdf))
    pdf.add_blank_page(page_size=(300, 400))
    _plant_catalogue(pdf)
    _plant_active(pdf)
    written = io.BytesIO()
    pdf.save(written)
    return _with_older_version(written.getvalue()) + b"% CANARY-behind_the_end\n"


CONTENT = (
    rb"% CANARY-comment" + b"\n"
    rb"/Span <</ActualText (CANARY-actual_text)>> BDC"
    rb" BT /F0 24 Tf 1 0 0 1 50 300 Tm (" + VISIBLE.encode() + rb") Tj [(now) 50 (!)] TJ ET EMC"
    rb" /CANARY-point MP /P <</X (CANARY-point_property)>> DP"
    rb" (CANARY-unknown_operand) canary BX (CANARY-compatibility) secret EX"
    rb" (CANARY-operand) 2 w [(CANARY-array) 3] 0 d (CANARY-too_many) 1 0 0 rg /CANARY-name J"
    rb" /OC /Hidden BDC BT /F1 12 Tf 50 200 Td (CANARY-hidden_layer) Tj ET 0 0 40 40 re f EMC"
    rb" /OC /Shown BDC 0 0 1 rg 200 20 50 50 re f EMC"
    rb" q 100 0 0 100 20 20 cm /Photo Do Q q 60 0 0 60 130 20 cm /Flat Do Q /Form Do /Layered Do"
    rb" BI /W 1 /H 1 /BPC 8 /CS /RGB /Secret (CANARY-inline) ID abc EI (CANARY-left_over)"
)


def _plant_page(pdf: pikepdf.Pdf) -> Dictionary:
    page = pdf.add_blank_page(page_size=(300, 400)).obj
    page.Contents = Array([pdf.make_stream(CONTENT[:60]), pdf.make_stream(CONTENT[60:])])
    page.Metadata = pdf.make_stream(b"CANARY-page_metadata", Type=Name.Metadata)
    page.PieceInfo = Dictionary(App=Dictionary(Private=String("CANARY-piece_info")))
    page.Thumb = pdf.make_stream(b"CANARY-thumb", Width=1, Height=1, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
    page.LastModified = String("D:CANARY-page_modified")
    page.CustomKey = String("CANARY-page_key")
    page.SeparationInfo = Dictionary(DeviceColorant=String("CANARY-separation"))
    return page


def _plant_resources(pdf: pikepdf.Pdf, page: Dictionary) -> None:
    hidden, shown = (pdf.make_indirect(Dictionary(Type=Name.OCG, Name=f"CANARY-layer_{name}")) for name in "ab")
    pdf.Root.OCProperties = Dictionary(OCGs=[hidden, shown], D=Dictionary(OFF=[hidden], Name="CANARY-layers"))
    form = pdf.make_stream(b"% CANARY-form_comment\n0 1 0 rg 240 350 20 20 re f", BBox=Array([0, 0, 300, 400]))
    form.stream_dict.update(_form_keys())
    layered = pdf.make_stream(b"BT /F1 9 Tf (CANARY-layered_form) Tj ET", BBox=Array([0, 0, 300, 400]), OC=hidden)
    layered.stream_dict.update(Dictionary(Type=Name.XObject, Subtype=Name.Form))
    page.Resources = Dictionary(
        Font=Dictionary(F0=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica), F1=_font(pdf)),
        XObject=Dictionary(Photo=_photo(pdf), Flat=_flat(pdf), Form=form, Layered=layered),
        Properties=Dictionary(Hidden=hidden, Shown=shown, Other=Dictionary(X=String("CANARY-property"))),
        Secret=Dictionary(X=String("CANARY-resource")),
        ColorSpace=Dictionary(Spot=Array([Name.Separation, Name.Spot, Name.DeviceRGB, _function(pdf)])),
    )


def _form_keys() -> Dictionary:
    return Dictionary(
        Type=Name.XObject,
        Subtype=Name.Form,
        PieceInfo=Dictionary(App=Dictionary(Private=String("CANARY-form_piece_info"))),
        LastModified=String("CANARY-form_modified"),
        OPI=Dictionary({"/2.0": Dictionary(F=String("CANARY-opi"))}),
    )


def _function(pdf: pikepdf.Pdf) -> Stream:
    code = pdf.make_stream(b"{ % CANARY-function\n dup dup }", FunctionType=4, Domain=Array([0, 1]))
    code.Range = Array([0, 1, 0, 1, 0, 1])
    return code


def _font(pdf: pikepdf.Pdf) -> Any:
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.Canary, Flags=32, FontFamily=String("CANARY-family")
    )
    descriptor.FontFile2 = pdf.make_stream(sfnt(), Length1=1, Secret=String("CANARY-font_key"))
    font = Dictionary(Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name.Helvetica, FirstChar=32, LastChar=32)
    font.update(Dictionary(Widths=Array([250]), FontDescriptor=pdf.make_indirect(descriptor)))
    font.ToUnicode = pdf.make_stream(b"%!PS CANARY-cmap\n/CIDInit /ProcSet findresource begin end")
    return pdf.make_indirect(font)


def sfnt() -> bytes:
    """A font file with a few tables; not one that draws."""
    tables = {b"head": b"\0" * 20 + b"CANARY-head_date" + b"\1" * 18, b"name": b"CANARY-font_name"}
    tables |= {b"glyf": b" outlines", b"DSIG": b"CANARY-font_signature", b"meta": b"CANARY-font_meta"}
    offset = 12 + 16 * len(tables)
    directory, body = b"", b""
    for tag, table in tables.items():
        directory += tag + bytes(4) + (offset + len(body)).to_bytes(4, "big") + len(table).to_bytes(4, "big")
        body += table + bytes(-len(table) % 4)
    return b"\0\1\0\0" + len(tables).to_bytes(2, "big") + bytes(6) + directory + body


def _photo(pdf: pikepdf.Pdf) -> Stream:
    image = Stream(pdf, jpeg(photo((60, 40))), Width=60, Height=40, BitsPerComponent=8)
    space = pdf.make_stream(profile(), N=3)
    image.stream_dict.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Filter=Name.DCTDecode))
    image.ColorSpace = Array([Name.ICCBased, space])
    image.Metadata = pdf.make_stream(b"CANARY-image_metadata", Type=Name.Metadata)
    image.ID = String("CANARY-image_id")
    return image


def _flat(pdf: pikepdf.Pdf) -> Stream:
    """Four grey pixels, then rows that nobody sees, then bytes behind the compressed ones."""
    data = zlib.compress(b"\x00\x40\x80\xc0CANARY-more_rows") + b"CANARY-behind_flate"
    image = Stream(pdf, data, Width=2, Height=2, BitsPerComponent=8, ColorSpace=Name.DeviceGray)
    image.stream_dict.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Filter=Name.FlateDecode))
    return image


def _plant_catalogue(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    pdf.docinfo["/Author"] = "CANARY-author"
    pdf.docinfo["/Producer"] = "CANARY-producer"
    pdf.docinfo["/CreationDate"] = "D:20230121-CANARY-date"
    root.Metadata = pdf.make_stream(XMP, Type=Name.Metadata, Subtype=Name.XML)
    root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String("CANARY-page_label"))]))
    root.PieceInfo = Dictionary(App=Dictionary(Private=String("CANARY-root_piece_info")))
    root.Lang = String("CANARY-language")
    root.URI = Dictionary(Base=String("http://CANARY-base.example"))
    root.Custom = Dictionary(Deep=Array([Dictionary(X=String("CANARY-custom"))]))
    root.SpiderInfo = Dictionary(V=1, C=Array([Dictionary(SI=String("CANARY-web_capture"))]))
    root.OutputIntents = Array([Dictionary(Type=Name.OutputIntent, Info=String("CANARY-output_intent"))])
    root.StructTreeRoot = Dictionary(K=Dictionary(S=Name.P, Alt=String("CANARY-structure"), ActualText=String("x")))
    outline = pdf.make_indirect(Dictionary(Title=String("CANARY-bookmark")))
    root.Outlines = Dictionary(First=outline, Last=outline, Count=1)


def _plant_active(pdf: pikepdf.Pdf) -> None:
    root, page = pdf.Root, pdf.pages[0].obj
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('CANARY-script')"))
    root.OpenAction = Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"CANARY-open_action"))
    page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("CANARY-page_action")))
    attached = Dictionary(Type=Name.Filespec, F=String("CANARY-file_name"), UF=String("CANARY-file_name"))
    attached.EF = Dictionary(F=pdf.make_stream(b"CANARY-attachment", Type=Name.EmbeddedFile))
    root.AF = Array([attached])
    root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("CANARY-script_name"), script])),
        EmbeddedFiles=Dictionary(Names=Array([String("CANARY-attachment_name"), attached])),
        Dests=Dictionary(Names=Array([String("CANARY-destination"), Array([page, Name.Fit])])),
    )
    field = _note(Name.Widget, FT=Name.Tx, T=String("CANARY-field"), V=String("CANARY-field_value"))
    field.AP = Dictionary(N=look(pdf))
    root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]), XFA=pdf.make_stream(b"CANARY-xfa"))
    page.Annots = Array([pdf.make_indirect(note) for note in (*_notes(pdf, attached), field)])


def look(pdf: pikepdf.Pdf) -> Stream:
    """What an annotation looks like: yellow, with canaries wherever nothing is drawn."""
    content = b"% CANARY-look\n/CANARY-look_mark BMC /CANARY-look_state gs 1 1 0 rg 0 0 50 20 re f EMC (CANARY-left)"
    state = Dictionary({"/CANARY-look_state": Dictionary(CA=1, Secret=String("CANARY-look_key"))})
    keys = Dictionary(Resources=Dictionary(ExtGState=state), Name=Name("/CANARY-look_name"))
    return pdf.make_stream(content, Subtype=Name.Form, BBox=Array([0, 0, 50, 20]), **dict(keys.items()))


def _notes(pdf: pikepdf.Pdf, attached: Dictionary) -> Iterator[Dictionary]:
    for address in ("https://example.org/take-part", "mailto:us@example.org"):
        yield _note(Name.Link, A=_uri(address), Contents=String("CANARY-link_contents"), NM=String("CANARY-link_name"))
    for address in ("file:///etc/CANARY-file_link", "javascript:CANARY-script_link", "https://x.example/\nCANARY-x"):
        yield _note(Name.Link, A=_uri(address))
    yield _note(Name.Link, A=Dictionary(S=Name.Launch, F=String("CANARY-launch")))
    chained = _uri("https://example.org/next")
    chained.Next = Dictionary(S=Name.JavaScript, JS=String("CANARY-chained"))
    yield _note(Name.Link, A=chained, AA=Dictionary(E=Dictionary(S=Name.JavaScript, JS=String("CANARY-hover"))))
    yield _note(Name.Text, Contents=String("CANARY-note"), T=String("CANARY-note_author"))
    yield _note(Name.FileAttachment, FS=attached, Contents=String("CANARY-attached_note"))
    yield _note(Name.Redact, OverlayText=String("CANARY-redaction"), AP=Dictionary(N=look(pdf)))


def _note(kind: Name, **keys: Any) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=kind, Rect=Array([10, 10, 60, 30]), **keys)


def _uri(address: str) -> Dictionary:
    return Dictionary(S=Name.URI, URI=String(address))


def _with_older_version(data: bytes) -> bytes:
    """Add an object that nothing refers to, as programs leave behind which only append."""
    old = b"9999 0 obj\n(CANARY-unreferenced)\nendobj\n"
    start = data.rindex(b"startxref")
    return data[:start] + old + data[start:]
