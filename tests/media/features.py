"""PDFs by pikepdf, one for each thing that a PDF can hold beside what its pages draw, with canaries in its corners."""

import io
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from tests.media import corpus

COORDINATES = (37.8044123, -122.2712345)
"""In Oakland, to the metre; no PDF writes such figures for anything else."""
CONTENT = b"BT /F0 24 Tf 20 300 Td (Free the prisoners) Tj ET 1 0 0 rg 20 20 80 80 re f 0 0 1 rg 150 20 60 90 re f"
SCRIPT = "app.alert('CANARY-script')"


def _saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    written = io.BytesIO()
    pdf.save(written, **options)
    return written.getvalue()


def _page(pdf: pikepdf.Pdf, content: bytes = CONTENT, **resources: Any) -> pikepdf.Object:
    page = pdf.add_blank_page(page_size=(300, 400)).obj
    page.Contents = pdf.make_stream(content)
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(Font=Dictionary(F0=font), **resources)
    return page


def _made(plant: Callable[[pikepdf.Pdf, pikepdf.Object], None], **options: Any) -> bytes:
    with pikepdf.new() as pdf:
        plant(pdf, _page(pdf))
        return _saved(pdf, **options)


def worded(content: bytes) -> bytes:
    """Return a page that draws this, with Helvetica as F0."""
    with pikepdf.new() as pdf:
        _page(pdf, content + b" 0 0 40 40 re f")
        return _saved(pdf)


def _script(text: str = SCRIPT) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(text))


def _file(pdf: pikepdf.Pdf, name: str = "CANARY-file_name") -> Dictionary:
    inner = pdf.make_stream(corpus.jpeg(), Type=Name.EmbeddedFile, Params=Dictionary(ModDate=String("D:CANARY-date")))
    keys = {"/F": String(name), "/UF": String(name), "/Desc": String("CANARY-file_description")}
    return Dictionary({"/Type": Name.Filespec, "/EF": Dictionary(F=inner), **keys})


def _note(kind: str, **keys: Any) -> Dictionary:
    said = {key: String(f"CANARY-{key.lower()}") for key in ("Contents", "T", "Subj", "NM", "M", "CreationDate")}
    told = {**said, "Rect": Array([10, 10, 60, 30]), **keys}
    return Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), **told)


def _metadata(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    for key in ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "Company", "SourceModified"):
        pdf.docinfo[f"/{key}"] = f"CANARY-{key.lower()}"
    for holder in (pdf.Root, page, pdf.Root.Pages):
        holder.Metadata = pdf.make_stream(corpus.XMP, Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Lang = String("CANARY-language")


def _private(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    for holder in (pdf.Root, pdf.Root.Pages, page, page.Resources, page.Resources.Font.F0, page.Contents):
        holder["/PieceInfo"] = Dictionary(Illustrator=Dictionary(Private=pdf.make_stream(b"CANARY-private")))
        holder["/CanaryKey"] = Array([String("CANARY-own_key"), Dictionary(Deep=String("CANARY-deep"))])
        holder["/LastModified"] = String("D:CANARY-modified")
    pdf.trailer["/CanaryKey"] = String("CANARY-trailer")
    pdf.Root.Extensions = Dictionary(CNRY=Dictionary(BaseVersion=Name("/CANARY-extension")))
    pdf.Root.Requirements = Array([Dictionary(S=Name("/CANARY-requirement"))])
    pdf.Root.Legal = Dictionary(Attestation=String("CANARY-legal"))


def _thumbnails(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    page.Thumb = Stream(pdf, corpus.jpeg(corpus.photo((60, 40))), Width=60, Height=40, BitsPerComponent=8)
    page.Thumb.stream_dict.update(Dictionary(ColorSpace=Name.DeviceRGB, Filter=Name.DCTDecode))


def _places(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    """Where on earth a map on the page is."""
    measure = Dictionary(Type=Name.Measure, Subtype=Name.GEO, GPTS=Array([*COORDINATES, *COORDINATES]))
    measure.GCS = Dictionary(Type=Name.GEOGCS, WKT=String("CANARY-projection"))
    page.VP = Array([Dictionary(Type=Name.Viewport, BBox=page.MediaBox, Name=String("CANARY-map"), Measure=measure)])
    page.LGIDict = Dictionary(Type=Name.LGIDict, Registration=Array([String(str(at)) for at in COORDINATES]))


def _structure(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    said: dict[str, Any] = {
        key: String(f"CANARY-{key.lower()}") for key in ("Alt", "ActualText", "E", "T", "ID", "Lang")
    }
    element = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name("/CANARY-role"), Pg=page, K=0, **said))
    element.A = Dictionary(O=Name.UserProperties, P=Array([Dictionary(N=String("CANARY-name"), V=String("CANARY-v"))]))
    pdf.Root.StructTreeRoot = Dictionary(
        Type=Name.StructTreeRoot,
        K=element,
        RoleMap=Dictionary({"/CANARY-role": Name.Figure}),
        ClassMap=Dictionary({"/CANARY-class": Dictionary(O=Name("/CANARY-owner"))}),
        ParentTree=Dictionary(Nums=Array([0, Array([element])])),
    )
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    page.StructParents = 0
    marked = b"/Figure <</MCID 0 /Alt (CANARY-marked) /E (CANARY-spelt)>> BDC % CANARY-comment\n" + CONTENT + b" EMC"
    page.Contents = pdf.make_stream(marked + b" /Artifact <</Contents (CANARY-artifact)>> BDC EMC")


def _navigation(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    root, here = pdf.Root, Array([page, Name.Fit])
    root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D, P=String("CANARY-label"))]))
    root.Dests = Dictionary({"/CANARY-old_destination": here})
    root.Names = Dictionary(Dests=Dictionary(Names=Array([String("CANARY-destination"), here])))
    outline = pdf.make_indirect(Dictionary(Title=String("CANARY-bookmark"), A=_script()))
    root.Outlines = Dictionary(First=outline, Last=outline, Count=1)
    thread = pdf.make_indirect(Dictionary(Type=Name.Thread, I=Dictionary(Title=String("CANARY-thread"))))
    root.Threads = Array([thread])
    page.B = Array([pdf.make_indirect(Dictionary(T=thread, R=page.MediaBox, Secret=String("CANARY-bead")))])
    page.PresSteps = Dictionary(NA=_script())
    page.Trans = Dictionary(S=Name("/CANARY-transition"))
    root.ViewerPreferences = Dictionary(Secret=String("CANARY-preference"))


def _form(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    said = {key: String(f"CANARY-field_{key.lower()}") for key in ("T", "TU", "TM", "V", "DV", "RV", "DS", "DA")}
    field = pdf.make_indirect(_note("Widget", FT=Name.Tx, AP=Dictionary(N=corpus.look(pdf)), **said))
    field.AA = Dictionary(K=_script(), C=_script("CANARY-calculation"))
    choice = _note(
        "Widget", FT=Name.Ch, Opt=Array([String("CANARY-choice")]), MK=Dictionary(CA=String("CANARY-caption"))
    )
    fields = Array([field, pdf.make_indirect(choice)])
    pdf.Root.AcroForm = Dictionary(Fields=fields, CO=fields, DA=String("CANARY-default"), NeedAppearances=False)
    page.Annots = fields


def _xfa(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    parts = [String("datasets"), pdf.make_stream(b"<xfa:data><name>CANARY-xfa</name></xfa:data>")]
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Array(parts))
    pdf.Root.NeedsRendering = False


def _signature(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    told: dict[str, Any] = {
        key: String(f"CANARY-{key.lower()}") for key in ("Name", "Location", "Reason", "ContactInfo", "M")
    }
    blob = String(b"\x30\x82CANARY-certificate" + bytes(200))
    signed = pdf.make_indirect(Dictionary(Type=Name.Sig, Contents=blob, ByteRange=Array([0, 9, 9, 9]), **told))
    signed.Prop_Build = Dictionary(App=Dictionary(Name=Name("/CANARY-signing_program")))
    field = pdf.make_indirect(
        _note("Widget", FT=Name.Sig, V=signed, Lock=Dictionary(Fields=Array([String("CANARY-l")])))
    )
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
    pdf.Root.Perms = Dictionary(DocMDP=signed)
    pdf.Root.DSS = Dictionary(Certs=Array([pdf.make_stream(b"CANARY-chain")]))
    page.Annots = Array([field])


def _attachments(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    attached = pdf.make_indirect(_file(pdf))
    names = Array([String("CANARY-attachment_name"), attached])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Kids=Array([Dictionary(Names=names, Limits=names)])))
    pdf.Root.Collection = Dictionary(D=String("CANARY-portfolio"), Schema=Dictionary(N=String("CANARY-schema")))
    for holder in (pdf.Root, page, page.Contents):
        holder["/AF"] = Array([attached])
    page.Annots = Array([_note("FileAttachment", FS=attached, Name=Name("/CANARY-icon"))])


def _scripts(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    root = pdf.Root
    root.OpenAction = Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"CANARY-open"), Next=Array([_script()]))
    root.AA = Dictionary({f"/{when}": _script(f"CANARY-{when.lower()}") for when in ("WC", "WS", "DS", "WP", "DP")})
    page.AA = Dictionary(O=_script("CANARY-page_open"), C=_script("CANARY-page_close"))
    root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("CANARY-script_name"), _script()])))
    root.URI = Dictionary(Base=String("https://CANARY-base.example"))
    kinds = ("Launch", "SubmitForm", "ImportData", "GoToR", "GoToE", "Rendition", "Movie", "Sound", "Hide", "Named")
    acts = [Dictionary(S=Name(f"/{kind}"), F=_file(pdf), D=String("CANARY-d"), T=String("CANARY-t")) for kind in kinds]
    page.Annots = Array([_note("Link", A=act, PA=Dictionary(S=Name.URI, URI=String("CANARY-pa"))) for act in acts])


def _notes(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    look = corpus.look(pdf)
    rich = String("<body xmlns='http://www.w3.org/1999/xhtml'><p>CANARY-rich</p></body>")
    kinds = ("Text", "FreeText", "Stamp", "Ink", "Line", "Square", "Highlight", "Popup", "Caret", "Redact", "Screen",
             "Sound", "Movie", "3D", "RichMedia", "Watermark", "PrinterMark", "TrapNet", "Polygon", "Link")  # fmt: skip
    made = [_note(kind, RC=rich, DS=String("CANARY-style"), AP=Dictionary(N=look), OverlayText=rich) for kind in kinds]
    first = pdf.make_indirect(made[0])
    reply = _note("Text", IRT=first, Popup=first, OC=pdf.make_indirect(Dictionary(Type=Name.OCG, Name="CANARY-layer")))
    page.Annots = Array([first, pdf.make_indirect(reply), *made[1:]])


def _layers(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    off, on, unseen = (pdf.make_indirect(Dictionary(Type=Name.OCG, Name=f"CANARY-{name}")) for name in ("a", "b", "c"))
    unseen.Usage = Dictionary(View=Dictionary(ViewState=Name.OFF), CreatorInfo=Dictionary(Creator=String("CANARY-who")))
    unseen.Usage.Print = Dictionary(PrintState=Name.ON)
    told = Dictionary(OFF=[off], ON=[on], Order=[String("CANARY-order"), off], Name="CANARY-set", Creator="CANARY-by")
    told.AS = [Dictionary(Event=Name.View, Category=[Name.View], OCGs=[unseen])]
    pdf.Root.OCProperties = Dictionary(OCGs=[off, on, unseen], D=told, Configs=[Dictionary(Name="CANARY-other")])
    neither = Dictionary(Type=Name.OCMD, VE=Array([Name.And, off, Array([Name.Not, off])]))
    either = Dictionary(Type=Name.OCMD, VE=Array([Name.Or, off, Array([Name.Not, off])]))
    page.Resources.Properties = Dictionary(Off=off, On=on, Unseen=unseen, Neither=neither, Either=either)
    hidden = b" /OC /%b BDC BT /F0 9 Tf 20 200 Td (CANARY-hidden) Tj ET 0 1 0 rg %d 150 40 40 re f EMC"
    shown = b" /OC /%b BDC 0 1 1 rg %d 220 30 30 re f EMC"
    layers = [hidden % (name, 20 + 50 * at) for at, name in enumerate((b"Off", b"Unseen", b"Neither"))]
    layers += [shown % (name, 20 + 50 * at) for at, name in enumerate((b"On", b"Either"))]
    page.Contents = pdf.make_stream(CONTENT + b"".join(layers))


def _colours(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    """Profiles with a name in them, halftones, transfer functions, and a space whose description tells."""
    profile = pdf.make_stream(corpus.profile(), N=3, Alternate=Name.DeviceRGB, Metadata=pdf.make_stream(corpus.XMP))
    intent = Dictionary(S=Name.GTS_PDFX, Info=String("CANARY-info"), OutputConditionIdentifier=String("CANARY-press"))
    pdf.Root.OutputIntents = Array([Dictionary(DestOutputProfile=profile, **dict[str, Any](intent.items()))])
    code = pdf.make_stream(
        b"{ % CANARY-code\n dup dup }", FunctionType=4, Domain=Array([0, 1]), Note=String("CANARY-n")
    )
    code.Range = Array([0, 1, 0, 1, 0, 1])
    spot = Array([Name.DeviceN, Array([Name.Spot]), Name.DeviceRGB, code, Dictionary(Info=String("CANARY-attribute"))])
    page.Resources.ColorSpace = Dictionary(
        Spot=spot, Icc=Array([Name.ICCBased, profile]), DefaultRGB=[Name.ICCBased, profile]
    )
    halftone = Dictionary(Type=Name.Halftone, HalftoneType=1, HalftoneName=String("CANARY-halftone"), Frequency=60)
    page.Resources.ExtGState = Dictionary(G=Dictionary(HT=halftone, TR=code, ca=0.5, Secret=String("CANARY-state")))
    page.Contents = pdf.make_stream(
        CONTENT + b" /G gs /Spot cs 0.4 scn 20 120 50 50 re f /Icc cs 1 0 1 scn 90 120 50 50 re f"
    )


def _drawn_letters(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    glyph = pdf.make_stream(
        b"% CANARY-glyph\n750 0 0 0 750 750 d1 0 0 700 700 re f (CANARY-operand)", X=String("CANARY-x")
    )
    glyph.Metadata = pdf.make_stream(corpus.XMP)
    font = Dictionary(Type=Name.Font, Subtype=Name.Type3, Name=Name("/CANARY-font"), FirstChar=97, LastChar=97)
    font.update(Dictionary(FontBBox=[0, 0, 750, 750], FontMatrix=[0.001, 0, 0, 0.001, 0, 0], Widths=[1000]))
    font.Encoding = Dictionary(Type=Name.Encoding, Differences=[97, Name.a], Note=String("CANARY-encoding"))
    font.CharProcs, font.Resources = Dictionary(a=glyph), Dictionary(Secret=String("CANARY-resource"))
    font.FontDescriptor = Dictionary(FontName=Name("/CANARY-descriptor"), FontFamily=String("CANARY-family"))
    font.ToUnicode = pdf.make_stream(b"%!PS CANARY-map\n/CMapName /CANARY-map_name def (CANARY-string) pop")
    page.Resources.Font.F1 = pdf.make_indirect(font)
    page.Contents = pdf.make_stream(CONTENT + b" BT /F1 40 Tf 20 150 Td (aaa) Tj ET")


def _forms_in_forms(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    said: dict[str, Any] = {"Name": Name("/CANARY-form_name"), "LastModified": String("CANARY-modified")}
    said |= {"PieceInfo": Dictionary(App=Dictionary(Private=String("CANARY-piece"))), "StructParent": 0}
    said |= {"Ref": Dictionary(F=_file(pdf), Page=0), "PtexFileName": String("/home/CANARY-path/inner.pdf")}
    said |= {"OPI": Dictionary({"/1.3": Dictionary(F=_file(pdf))}), "Metadata": pdf.make_stream(corpus.XMP)}
    box = Array([0, 0, 300, 400])
    inner = pdf.make_stream(b"0 1 0 rg 20 150 60 60 re f % CANARY-inner", BBox=box, **said)
    outer = pdf.make_stream(
        b"/Inner Do /Old Do", BBox=box, Resources=Dictionary(XObject=Dictionary(Inner=inner)), **said
    )
    script = pdf.make_stream(
        b"(CANARY-postscript) print", Type=Name.XObject, Subtype=Name.PS, Level1=pdf.make_stream(b"CANARY-p")
    )
    outer.Resources.XObject.Old = script
    for form in (inner, outer):
        form.stream_dict.update(Dictionary(Type=Name.XObject, Subtype=Name.Form))
    page.Resources.XObject = Dictionary(Outer=outer)
    page.Contents = pdf.make_stream(CONTENT + b" /Outer Do")


def _hidden_keys(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    """Objects that nothing refers to, in a file whose objects are packed together."""
    pdf.Root.Custom = Array([pdf.make_indirect(String(f"CANARY-unused{number}")) for number in range(9)])


def _updated() -> bytes:
    """A file whose page was written anew behind its end, so that the first one is still there."""
    with pikepdf.new() as pdf:
        page = _page(pdf, CONTENT + b" BT /F0 9 Tf 20 200 Td (CANARY-before) Tj ET")
        pdf.docinfo["/Author"] = "CANARY-author"
        old = _saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
        with pikepdf.open(io.BytesIO(old)) as again:
            number = again.pages[0].obj.Contents.objgen[0]
    del page
    root = re.search(rb"/Root (\d+) 0 R", old)
    start, before = len(old), int(old[old.rindex(b"startxref") + 9 :].split()[0])
    body = b"%d 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\n" % (number, len(CONTENT), CONTENT)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, start)
    size = re.search(rb"/Size (\d+)", old)
    assert root
    assert size
    trailer = b"trailer\n<</Root %b 0 R/Size %b/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return old + body + table + trailer % (root[1], size[1], before, start + len(body))


def _between() -> bytes:
    """Words between the objects, before the beginning and behind the end."""
    with pikepdf.new() as pdf:
        _page(pdf)
        data = _saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    start = data.rindex(b"startxref")
    data = data[:start] + b"99 0 obj\n(CANARY-unreferenced)\nendobj\n% CANARY-between\n" + data[start:]
    return data + b"CANARY-behind_the_end"


FEATURES: dict[str, Callable[[], bytes]] = {
    "metadata": partial(_made, _metadata),
    "private keys": partial(_made, _private),
    "thumbnails": partial(_made, _thumbnails),
    "places on earth": partial(_made, _places),
    "structure and alternative text": partial(_made, _structure),
    "labels, destinations, bookmarks, threads": partial(_made, _navigation),
    "a filled form": partial(_made, _form),
    "an XFA form": partial(_made, _xfa),
    "a signature": partial(_made, _signature),
    "attachments": partial(_made, _attachments),
    "scripts and actions": partial(_made, _scripts),
    "notes": partial(_made, _notes),
    "layers": partial(_made, _layers),
    "profiles and halftones": partial(_made, _colours),
    "drawn letters": partial(_made, _drawn_letters),
    "forms in forms": partial(_made, _forms_in_forms),
    "unused objects": partial(_made, _hidden_keys, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "a file for slow lines": partial(_made, _metadata, linearize=True),
    "an older version below": _updated,
    "words between the objects": _between,
    "words in every corner": corpus.planted_pdf,
}


def _locked(revision: int, **passwords: str) -> bytes:
    weak = {"aes": False, "metadata": False} if revision < 4 else {}
    return _made(_metadata, encryption=pikepdf.Encryption(R=revision, **passwords, **weak))  # type: ignore[arg-type]


def _without_table() -> bytes:
    with pikepdf.new() as pdf:
        _page(pdf)
        data = _saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return re.sub(rb"startxref\n\d+", b"startxref\n7", data)


def _spoilt_content() -> bytes:
    """A file whose content is compressed, and broken in the middle."""
    with pikepdf.new() as pdf:
        page = _page(pdf)
        page.Contents = Stream(pdf, b"\x78\x9c" + b"\xff" * 60)
        page.Contents.Filter = Name.FlateDecode
        return _saved(pdf)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "locked against changes": (partial(_locked, 6, owner="owner", user=""), "pdf_locked"),
    "locked with a password": (partial(_locked, 6, owner="owner", user="secret"), "pdf_locked"),
    "locked as long ago": (partial(_locked, 3, owner="owner", user=""), "pdf_locked"),
    "cut in half": (lambda: corpus.planted_pdf()[: len(corpus.planted_pdf()) // 2], "pdf_damaged"),
    "without its end": (lambda: corpus.planted_pdf()[:-120], "pdf_damaged"),
    "without its table": (_without_table, "pdf_damaged"),
    "with a photo behind its end": (lambda: _between() + corpus.jpeg(), "pdf_damaged"),
    "with broken content": (_spoilt_content, "pdf_damaged"),
    "without pages": (lambda: _saved(pikepdf.new()), "pdf_damaged"),
    "that is a letter": (lambda: b"PK\x03\x04 CANARY-letter", "pdf_kind"),
}
"""Files that are not taken, each with the reason."""
