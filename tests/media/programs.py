"""Leaflets written by the programs that people have, each with canaries wherever it puts what is not seen."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.media import corpus

SECONDS = 180
PHOTO = "photo.jpg"

PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>CANARY-title</title>
<meta name="author" content="CANARY-author"><meta name="description" content="CANARY-description">
<meta name="generator" content="CANARY-generator"></head><body>
<h1>Free the prisoners</h1><p>Write a <a href="https://example.org/letters" title="CANARY-link_title">letter</a>
today. <span hidden>CANARY-hidden</span><span aria-label="CANARY-label">Now.</span></p><!-- CANARY-comment -->
<img src="{PHOTO}" alt="CANARY-alt" width="300"><h2 id="CANARY-place">Why</h2>
<form><input name="CANARY-field" value="seen"><input type="hidden" name="x" value="CANARY-hidden_value"></form>
<p dir="rtl">مرحبا</p><p>Свобода</p><div style="width:200px;height:60px;opacity:.5;
background:linear-gradient(90deg,red,blue);filter:blur(1px)"></div></body></html>"""

DRAWING = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="400"
 height="500">
<title>CANARY-title</title><desc>CANARY-desc</desc><metadata>CANARY-metadata</metadata><!-- CANARY-comment -->
<defs><linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient>
<mask id="m"><rect width="400" height="500" fill="white" opacity=".6"/></mask></defs>
<rect width="400" height="60" fill="url(#g)" id="CANARY-rect" mask="url(#m)"/><image xlink:href="{PHOTO}" x="20" y="80"
width="300" height="200"/><a xlink:href="https://example.org/letters"><text x="20" y="350" font-size="30"
font-family="DejaVu Sans">Free the prisoners</text></a><text x="20" y="400" display="none">CANARY-hidden</text></svg>"""

POSTSCRIPT = r"""%!PS-Adobe-3.0
%%Title: CANARY-title
%%For: CANARY-for
%%Creator: CANARY-creator
[ /Author (CANARY-author) /Subject (CANARY-subject) /Keywords (CANARY-keywords) /DOCINFO pdfmark
[ /Title (CANARY-bookmark) /Page 1 /View [/Fit] /OUT pdfmark
[ /Rect [20 20 60 60] /Contents (CANARY-note) /Title (CANARY-note_author) /Subtype /Text /ANN pdfmark
[ /Rect [20 700 300 730] /Action << /Subtype /URI /URI (https://example.org/letters) >> /Subtype /Link /ANN pdfmark
[ /_objdef {file} /type /stream /OBJ pdfmark [ {file} (CANARY-attachment) /PUT pdfmark
[ {file} << /Type /EmbeddedFile >> /PUT pdfmark
[ /Name (CANARY-attachment_name) /FS << /Type /Filespec /F (CANARY-file_name) /EF << /F {file} >> >> /EMBED pdfmark
[ {Catalog} << /PieceInfo << /App << /Private (CANARY-piece_info) >> >> >> /PUT pdfmark
8 dict dup begin /FontType 3 def /FontMatrix [.001 0 0 .001 0 0] def /FontBBox [0 0 1000 1000] def
/FontName /CANARY-type3 def /Encoding 256 array def 0 1 255 { Encoding exch /.notdef put } for Encoding 97 /a put
/CharProcs 2 dict def CharProcs begin /.notdef {} def /a { 0 0 750 750 rectfill } bind def end
/BuildGlyph { 1000 0 0 0 1000 1000 setcachedevice exch /CharProcs get exch get exec } bind def
/BuildChar { 1 index /Encoding get exch get 1 index /BuildGlyph get exec } bind def end /Drawn exch definefont pop
/Helvetica 30 selectfont 30 700 moveto (Free the prisoners) show
/Drawn 40 selectfont 30 640 moveto (aaa) show
1 0 0 setrgbcolor 200 500 100 0 360 arc fill
gsave 30 300 translate 100 100 scale 2 2 8 [2 0 0 -2 0 2] {<00ff80 ff0080 8000ff 20ff20>} false 3 colorimage grestore
<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [300 300 500 300] /BBox [300 300 500 400]
/Function << /FunctionType 2 /Domain [0 1] /C0 [1 0 0] /C1 [0 0 1] /N 1 >> >> shfill
showpage
"""

TEX = (
    r"""\pdfinfo{/Author (CANARY-author) /Title (CANARY-title)}\pdfcatalog{/PageMode /UseOutlines
 /OpenAction << /S /JavaScript /JS (CANARY-script) >>}
\pdfcompresslevel9\pdfpageattr{/PieceInfo << /App << /Private (CANARY-piece_info) >> >>}
\immediate\pdfobj stream attr{/Type /EmbeddedFile}{CANARY-attachment}
\pdfnames{/EmbeddedFiles << /Names [(CANARY-attachment_name) << /Type /Filespec /F (CANARY-file_name)
 /EF << /F \the\pdflastobj\space 0 R >> >>] >>}
\pdfoutline goto name {CANARY-place} {CANARY-bookmark}\pdfdest name {CANARY-place} fit
\font\big=cmbx12 scaled 2000 \big Free the prisoners \font\drawn=cmr10 \drawn
\pdfstartlink attr{/Border [0 0 0] /Contents (CANARY-link)} user{/Subtype /Link
 /A << /S /URI /URI (https://example.org/letters) >>}Write a letter\pdfendlink
\pdfannot width 10pt height 10pt depth 0pt {/Subtype /Text /Contents (CANARY-note) /T (CANARY-note_author)}
$$\sum_{n=1}^\infty{1\over n^2}={\pi^2\over6}$$
\pdfximage width 6cm {"""
    + PHOTO
    + r"""}\pdfrefximage\pdflastximage
\pdfximage width 4cm {inner.pdf}\pdfrefximage\pdflastximage
% CANARY-comment
\end
"""
)

OFFICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>CANARY-title</dc:title><dc:subject>CANARY-subject</dc:subject><dc:creator>CANARY-creator</dc:creator>
<meta:initial-creator>CANARY-author</meta:initial-creator><meta:keyword>CANARY-keyword</meta:keyword>
<meta:user-defined meta:name="CANARY-key">CANARY-user_defined</meta:user-defined></office:meta>
<office:automatic-styles><style:style style:name="H" style:family="text"><style:text-properties text:display="none"/>
</style:style></office:automatic-styles><office:body><office:text>
<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>
<dc:creator>CANARY-change_author</dc:creator><dc:date>2023-01-21T10:00:00</dc:date></office:change-info>
<text:p>CANARY-deleted</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">Free the prisoners</text:h><text:p>Write a <text:a xlink:type="simple"
 xlink:href="https://example.org/letters">letter</text:a><text:change text:change-id="c1"/> today.<office:annotation>
<dc:creator>CANARY-note_author</dc:creator><dc:date>2023-01-21T10:00:00</dc:date><text:p>CANARY-note</text:p>
</office:annotation><text:span text:style-name="H">CANARY-hidden</text:span></text:p>
<text:p><draw:frame svg:width="8cm" svg:height="5cm" text:anchor-type="as-char"><draw:image xlink:href="{PHOTO}"
 xlink:type="simple"/><svg:title>CANARY-picture_title</svg:title><svg:desc>CANARY-alt</svg:desc></draw:frame></text:p>
<text:p>Свобода</text:p></office:text></office:body></office:document>"""


@dataclass(frozen=True, slots=True)
class Program:
    executable: str
    package: str
    """Debian's name of what to install."""
    write: Callable[[Path], Path]
    """From a folder with a photo in it to the PDF."""

    def is_there(self) -> bool:
        return self.path() is not None

    def path(self) -> str | None:
        return shutil.which(self.executable)


def _call(folder: Path, *command: str | Path) -> None:
    environ = {**os.environ, "HOME": str(folder), "TEXMFVAR": str(folder)}
    subprocess.run(command, cwd=folder, env=environ, check=True, timeout=SECONDS, capture_output=True)


def _chromium(folder: Path) -> Path:
    (folder / "page.html").write_text(PAGE)
    path = os.environ.get("CHROMIUM") or "chromium"
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
    wanted = ("--generate-pdf-document-outline", "--export-tagged-pdf", "--no-pdf-header-footer")
    _call(
        folder, path, *quiet, *wanted, f"--user-data-dir={folder / 'profile'}", "--print-to-pdf=made.pdf", "page.html"
    )
    return folder / "made.pdf"


def _cairo(folder: Path) -> Path:
    (folder / "drawing.svg").write_text(DRAWING)
    _call(folder, "rsvg-convert", "--format=pdf", "--output=made.pdf", "drawing.svg")
    return folder / "made.pdf"


def _cairo_again(folder: Path) -> Path:
    (folder / "planted.pdf").write_bytes(corpus.planted_pdf())
    _call(folder, "pdftocairo", "-pdf", "planted.pdf", "made.pdf")
    return folder / "made.pdf"


def _ghostscript(folder: Path, *options: str) -> Path:
    (folder / "leaflet.ps").write_text(POSTSCRIPT)
    _call(
        folder,
        "gs",
        "-q",
        "-dBATCH",
        "-dNOPAUSE",
        "-dSAFER",
        "-sDEVICE=pdfwrite",
        *options,
        "-o",
        "made.pdf",
        "leaflet.ps",
    )
    return folder / "made.pdf"


def _ghostscript_again(folder: Path) -> Path:
    (folder / "planted.pdf").write_bytes(corpus.planted_pdf())
    _call(folder, "gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-o", "made.pdf", "planted.pdf")
    return folder / "made.pdf"


def _libreoffice(folder: Path, options: str) -> Path:
    (folder / "made.fodt").write_text(OFFICE)
    home = f"-env:UserInstallation=file://{folder / 'profile'}"
    _call(folder, "soffice", home, "--headless", "--convert-to", f"pdf:writer_pdf_Export:{options}", "made.fodt")
    return folder / "made.pdf"


def _pdftex(folder: Path, *first: str) -> Path:
    (folder / "inner.pdf").write_bytes(corpus.planted_pdf())
    (folder / "made.tex").write_text("".join(first) + TEX)
    _call(folder, "pdftex", "-interaction=nonstopmode", "made.tex")
    return folder / "made.pdf"


ALL = (
    '{"ExportBookmarks":{"type":"boolean","value":"true"},"ExportNotes":{"type":"boolean","value":"true"},'
    '"IsAddStream":{"type":"boolean","value":"true"},"UseTaggedPDF":{"type":"boolean","value":"true"},'
    '"UseLosslessCompression":{"type":"boolean","value":"false"},"ReduceImageResolution":{"type":"boolean","value":"false"}}'
)
ARCHIVED = '{"SelectPdfVersion":{"type":"long","value":"2"},"PDFUACompliance":{"type":"boolean","value":"true"}}'
FOR_PRINT = "-dPDFSETTINGS=/prepress"

PROGRAMS = {
    "Chromium prints": Program("chromium", "chromium", _chromium),
    "Cairo draws": Program("rsvg-convert", "librsvg2-bin", _cairo),
    "Cairo draws a planted PDF": Program("pdftocairo", "poppler-utils", _cairo_again),
    "Ghostscript distils": Program("gs", "ghostscript", _ghostscript),
    "Ghostscript distils for print": Program("gs", "ghostscript", lambda folder: _ghostscript(folder, FOR_PRINT)),
    "Ghostscript distils a planted PDF": Program("gs", "ghostscript", _ghostscript_again),
    "LibreOffice exports": Program("soffice", "libreoffice-writer-nogui", lambda folder: _libreoffice(folder, "{}")),
    "LibreOffice exports with all it has": Program(
        "soffice", "libreoffice-writer-nogui", lambda folder: _libreoffice(folder, ALL)
    ),
    "LibreOffice exports for an archive": Program(
        "soffice", "libreoffice-writer-nogui", lambda folder: _libreoffice(folder, ARCHIVED)
    ),
    "pdfTeX typesets": Program("pdftex", "texlive-latex-base", _pdftex),
    "pdfTeX typesets with drawn letters": Program(
        "pdftex", "texlive-latex-base", lambda folder: _pdftex(folder, r"\pdfmapfile{}")
    ),
}
