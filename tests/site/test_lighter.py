"""What a page loads is small, and what it needs is still there."""

import re
import shutil
import string

import pytest
from fontTools.ttLib import TTFont

from course import catalog
from course.authoring import fonts, scripts, styles
from course.authoring.failures import CannotPublish

LINK = '<link rel="stylesheet" href="{}">'
FONTS = catalog.course_root() / "site" / "assets" / "fonts"


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".used { color: red; }", ".used{color: red;}"),
        (".gone { color: red; }", ""),
        (".used.gone { color: red }", ""),
        (".gone, .used > p { color: red }", ".used > p{color: red}"),
        ("p { color: red } /* a word */", "p{color: red}"),
        (".used:not(.gone) { color: red }", ".used:not(.gone){color: red}"),
        (":is(.gone, p) { color: red }", ":is(.gone, p){color: red}"),
        ("@media print { .gone { color: red } .used { color: red } }", "@media print{.used{color: red}}"),
        ("@media print { .gone { color: red } }", ""),
        ('@charset "UTF-8"; p::before { content: "a  b"; }', 'p::before{content: "a  b";}'),
        ("@font-face { font-family: X; src: url(x.woff2) }", "@font-face{font-family: X; src: url(x.woff2)}"),
        ("@keyframes turn { from { top: 0 } to { top: 1px } }", "@keyframes turn{from { top: 0 } to { top: 1px }}"),
    ],
)
def test_only_rules_that_can_never_apply_are_left_out(css, kept):
    assert styles.without_unused(css, frozenset({"used"})) == kept


def test_tables_are_asked_for_a_class_only_where_one_has_any(tmp_path):
    for name, table, asked in (("plain", "<table>", ":not(._)"), ("classed", '<table border="1" class="dataframe">', ":not([class])")):
        site = small_site(tmp_path / name, second=table, extra="table:not([class]) td{top:0}")
        assert f"table{asked} td{{top:0}}" in styles.join_all(site).read_text()


def test_the_theme_no_longer_names_the_colour_scheme_in_the_head(tmp_path):
    (tmp_path / "javascripts").mkdir()
    bundle = tmp_path / "javascripts" / "bundle.1.min.js"
    bundle.write_text('let r=x("meta",{name:"theme-color"});document.head.appendChild(r);let o=x("meta",{name:"color-scheme"});'
                      "document.head.appendChild(o);o.content=a.colorScheme")
    scripts.leave_scheme_to_styles(tmp_path)
    assert bundle.read_text() == 'let r=x("meta",{name:"theme-color"});document.head.appendChild(r);let o=x("meta");o.content=a.colorScheme'
    with pytest.raises(ValueError, match=r"bundle\.1\.min\.js names the colour scheme 0 times"):
        scripts.leave_scheme_to_styles(tmp_path)


def test_a_sheet_that_cannot_be_read_fails_the_build():
    with pytest.raises(styles.StyleError, match="line 1 of a style sheet"):
        styles.without_unused("p { color: red } } x", frozenset())


def small_site(folder, second='<p class="b">', extra=""):
    (folder / "assets" / "theme").mkdir(parents=True)
    (folder / "sub").mkdir()
    (folder / "assets/theme/main.css").write_text(".a{top:0}.c{top:0}" + extra)
    (folder / "assets/own.css").write_text(".b{top:0}.d{top:0}")
    (folder / "assets/script.js").write_text('document.body.className = "d"')
    (folder / "index.html").write_text('<p class="a">\n' + LINK.format("assets/theme/main.css") + LINK.format("assets/own.css") + "<p>x")
    (folder / "sub/index.html").write_text(second + LINK.format("../assets/theme/main.css") + LINK.format("../assets/own.css"))
    return folder


def test_all_pages_get_the_same_one_sheet(tmp_path):
    site = small_site(tmp_path)
    joined = styles.join_all(site)
    assert joined.read_text() == ".a{top:0}.b{top:0}.d{top:0}"
    assert list(site.rglob("*.css")) == [joined]
    for page, address in (("index.html", f"assets/{joined.name}"), ("sub/index.html", f"../assets/{joined.name}")):
        assert re.findall(r'<link rel="stylesheet" href="([^"]+)">', (site / page).read_text()) == [address]


def test_pages_with_different_sheets_are_not_joined(tmp_path):
    site = small_site(tmp_path, LINK.format("../assets/print.css"))
    with pytest.raises(styles.StyleError, match="different style sheets"):
        styles.join_all(site)


def test_a_file_that_would_be_looked_for_elsewhere_fails_the_build(tmp_path):
    with pytest.raises(styles.StyleError, match=r"main.css refers to picture.png"):
        styles.join_all(small_site(tmp_path, extra='.a{background:url("picture.png")}'))
    data = small_site(tmp_path / "data", extra='.a{background:url("data:image/png;base64,x")}')
    assert "data:image/png" in styles.join_all(data).read_text()


@pytest.mark.parametrize("weights", [(400, 700), (600, 600)], ids=str)
@pytest.mark.parametrize("name", sorted(path.name for path in FONTS.glob("*.woff2")))
def test_a_font_keeps_the_characters_that_it_had_and_the_site_has_in_the_weights_declared(tmp_path, name, weights):
    before = TTFont(FONTS / name)
    wanted = set(string.ascii_letters + string.digits + string.punctuation + "×–“é") & set(map(chr, before.getBestCmap()))
    path = tmp_path / name
    shutil.copy(FONTS / name, path)
    fonts.slim(path, wanted | {"\u4e2d"}, weights)  # which no font here has
    after = TTFont(path)
    assert set(map(chr, after.getBestCmap())) == wanted
    axes = [(axis.axisTag, axis.minValue, axis.maxValue) for axis in after["fvar"].axes] if "fvar" in after else []
    assert axes == ([("wght", *weights)] if weights[0] < weights[1] else [])
    assert path.stat().st_size < (FONTS / name).stat().st_size


def test_a_slim_font_is_made_once_and_again_when_the_site_has_another_character(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(fonts, "slim", lambda path, characters, weights: made.append(path.name) or path.write_bytes(b"slim"))

    def build(text, weight="400 700"):
        site = tmp_path / f"site {len(list(tmp_path.iterdir()))}"
        site.mkdir()
        (site / "a.woff2").write_bytes(b"whole")
        (site / "index.html").write_text(text, encoding="utf-8")
        (site / "a.css").write_text(f'@font-face{{src: url("fonts/a.woff2") format("woff2"); font-weight: {weight}}}')
        fonts.slim_all(site, tmp_path / "kept")
        assert (site / "a.woff2").read_bytes() == b"slim"
        return len(made), len(list((tmp_path / "kept").iterdir()))

    assert [build("a"), build("aa"), build("aé"), build("aé"), build("aé", "600")] == [(1, 1), (1, 1), (2, 1), (2, 1), (3, 1)]


def test_the_first_lines_fonts_are_fetched_with_the_style_sheet(tmp_path):
    site = small_site(tmp_path)
    for name in fonts.FIRST:
        (site / "assets" / "theme" / name).write_bytes(b"")
    styles.join_all(site)
    fonts.load_first_early(site)
    for page in (site / "index.html", site / "sub" / "index.html"):
        *early, sheet = re.findall(r'<link rel="(?:preload|stylesheet)" href="([^"]+)"', page.read_text())
        assert [(page.parent / address).resolve() for address in early] == [site / "assets" / "theme" / name for name in fonts.FIRST]
        assert sheet.endswith(".css")
    (site / "assets" / "theme" / fonts.FIRST[1]).unlink()
    with pytest.raises(CannotPublish, match=f"no font file {fonts.FIRST[1]}"):
        fonts.load_first_early(site)


def test_a_font_without_declared_weights_fails_the_build(tmp_path):
    shutil.copy(next(FONTS.glob("*.woff2")), tmp_path / "a.woff2")
    with pytest.raises(CannotPublish, match=r"no @font-face names a\.woff2 with a font-weight"):
        fonts.slim_all(tmp_path, tmp_path / "kept")


def test_every_page_of_the_site_loads_one_sheet_which_has_its_fonts(built_site):
    pages = sorted(built_site.rglob("*.html"))
    sheets = {tuple(re.findall(r'<link rel="stylesheet" href="(?:\.\./|/)*([^"]+)">', page.read_text(encoding="utf-8"))) for page in pages}
    assert len(sheets) == 1 and len(next(iter(sheets))) == 1
    css = (built_site / next(iter(sheets))[0]).read_text(encoding="utf-8")
    named = re.findall(r'url\("?(fonts/[^")]+)', css)
    assert len(named) == len(list(FONTS.glob("*.woff2")))
    for font in named:
        assert set(map(ord, string.ascii_letters)) <= set(TTFont(built_site / "assets" / font).getBestCmap())


def test_no_script_names_a_map_and_no_map_is_left(tmp_path):
    script, worker = tmp_path / "a.min.js", tmp_path / "workers" / "b.min.js"
    worker.parent.mkdir()
    script.write_text('go("//# not a map");\n//# sourceMappingURL=a.min.js.map\n')
    worker.write_text("go()\n//# sourceMappingURL=b.min.js.map")
    for path in (script, worker):
        path.with_name(path.name + ".map").write_text("{}")
    scripts.leave_out_maps(tmp_path)
    assert (script.read_text(), worker.read_text()) == ('go("//# not a map");', "go()")
    assert not list(tmp_path.rglob("*.map"))
