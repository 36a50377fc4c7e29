"""The widgets, in a real browser: what they compute, what they teach untouched, keyboard, links, a reader's own run."""

import gzip
import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

from course import catalog, widget_data
from course.authoring import lesson_texts

ROOT = Path(__file__).parents[2]
LESSONS = {lesson.name: lesson for lesson in catalog.lessons() if lesson.widget.is_file()}
ELEMENTS = {name: lesson_texts.read_widget(lesson).element for name, lesson in LESSONS.items()}
OWN_RUN = [name for name, element in ELEMENTS.items() if element in ("digit-network", "batch-race", "curve-clinic")]
KILOBYTE = 1000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
every_widget = pytest.mark.parametrize("name", LESSONS)


def only_with(element: str):
    """The lesson whose widget this is; a test of a lesson that is not there is skipped, and says so."""
    found = next((name for name, other in ELEMENTS.items() if other == element), None)
    return found or pytest.skip(f"the lesson with <{element}> is not in the catalog")


@pytest.fixture(scope="module")
def open_widget(browser, address):
    """A function that opens a chapter at its widget; every page that it opened must have been without errors."""
    contexts, troubles = [], []

    def visit(name: str, *, width: int = 1280, scheme: str = "light", hash: str = "", script: bool = True, motion: str = "reduce"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion=motion,
                                      java_script_enabled=script)  # fmt: skip
        context.set_default_timeout(90_000)  # for machines that do something else as well
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        tab.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else troubles.append(request.url))
        tab.goto(f"{address}{name}/{hash}")
        if script:
            tab.locator(".course-widget").scroll_into_view_if_needed()
            tab.locator(".course-widget[ready]").wait_for()
        return tab

    yield visit
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture(scope="module")
def modules(browser, address):
    """A function that evaluates JavaScript with the modules of the site at hand: `run("filter-window", "m => m.KERNELS")`."""
    tab = browser.new_page()
    tab.goto(address)

    def run(module: str, code: str, argument=None):
        return tab.evaluate(f"async argument => ({code})(await import('{address}assets/widgets/{module}.js'), argument)", argument)

    yield run
    tab.close()


def solution(number: int):
    path = next((ROOT / "solutions").glob(f"lesson_0{number}_*.py"))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shown_data(built_site, name: str) -> dict:
    return json.loads((built_site / name / "widget.json").read_text(encoding="utf-8"))["data"]


# What they compute ------------------------------------------------------------------------------


@pytest.mark.parametrize("padding", ["valid", "same", "reflect"])
def test_lesson_1_filters_as_the_solution_does(modules, padding):
    rng = np.random.default_rng(0)
    image, kernel = rng.random((9, 12)), rng.normal(size=(3, 3))
    found = modules("filter-window", """(m, a) => { const { data, shape } = m.convolve({ data: a.image, shape: [9, 12] }, a.kernel, a.padding)
        return { values: [...data], shape } }""", {"image": image.ravel().tolist(), "kernel": kernel.ravel().tolist(), "padding": padding})
    expected = solution(1).convolve2d(image, kernel, padding)
    np.testing.assert_allclose(np.reshape(found["values"], found["shape"]), expected, atol=1e-5)


def test_lesson_2_network_equals_keras(modules, built_site):
    keras = pytest.importorskip("keras")
    name = only_with("digit-network")
    rng = np.random.default_rng(1)
    data = shown_data(built_site, name)
    digits = widget_data.unpack(data["digits"]).reshape(10, 784) / 15
    inputs = np.concatenate([digits, rng.random((30, 784)), (rng.random((20, 784)) < 0.2), np.zeros((1, 784)), np.ones((1, 784))])
    for packed in data["networks"].values():
        found = modules("digit-network", """(m, a) => { const network = m.readNetwork(a.packed)
            return a.inputs.map(pixels => [...m.forward(network, pixels).shares]) }""", {"packed": packed, "inputs": inputs.tolist()})
        weights = [widget_data.unpack(array) for array in packed]
        network = keras.Sequential([keras.Input((784,)), keras.layers.Dense(weights[1].size, activation="sigmoid"),
                                    keras.layers.Dense(10, activation="softmax")])  # fmt: skip
        network.set_weights(weights)
        expected = network.predict(inputs.astype(np.float32), verbose=0)
        assert len(inputs) >= 50
        np.testing.assert_allclose(found, expected, atol=1e-5)
        assert (np.argmax(found[:10], axis=1) == range(10)).mean() >= 0.7, "the chosen digits are read"


def test_lesson_2_changes_move_the_ink(modules):
    pixels = np.zeros((28, 28))
    pixels[3, 5] = 1
    for change, place in {"← Left": (3, 4), "→ Right": (3, 6), "↑ Up": (2, 5), "↓ Down": (4, 5)}.items():
        moved = np.reshape(modules("digit-network", "(m, a) => m.CHANGES[a.change](a.pixels)", {"change": change, "pixels": pixels.ravel().tolist()}), (28, 28))
        assert np.argwhere(moved == 1).tolist() == [list(place)], change
    noise = np.random.default_rng(0).random(784).round(3).tolist()
    scrambled = modules("digit-network", "(m, a) => m.CHANGES.Scramble(a)", noise)
    assert sorted(scrambled) == sorted(noise) and scrambled != noise


def test_lesson_4_splits_are_disjoint_and_complete(modules):
    parts = modules("split-lab", "m => m.split(1000, 90, 150)")
    assert {name: len(part) for name, part in parts.items()} == {"test": 150, "validation": 90, "training": 360, "future": 400}
    assert sorted(sum(parts.values(), [])) == list(range(1000))


def test_lesson_4_memoriser_is_the_nearest_neighbour(modules):
    rng = np.random.default_rng(3)
    seen, wanted, labels, places = rng.random((40, 49)), rng.random((15, 49)), rng.integers(0, 10, 40), [3, 8, 20, 41]
    found = modules("split-lab", "(m, a) => m.nearest(a.seen, a.labels, a.wanted, a.places)",
                    {"seen": seen.tolist(), "labels": labels.tolist(), "wanted": wanted.tolist(), "places": places})  # fmt: skip
    distances = ((wanted[:, None, places] - seen[None, :, places]) ** 2).sum(axis=2)
    assert found == labels[distances.argmin(axis=1)].tolist()


def test_lesson_5_gradient_is_the_slope_of_the_loss(modules):
    rng = np.random.default_rng(4)
    examples = {"features": rng.normal(size=60).tolist(), "eight": rng.integers(0, 2, 30).tolist(), "count": 30}
    for some in (None, [2, 2, 17, 29]):
        slope, nudged = modules("batch-race", """(m, { examples, some, at }) => [m.gradientAt(examples, at, some), [0, 1].map(side => {
            const loss = sign => m.lossAt(examples, at.map((value, place) => value + (place === side ? sign * 1e-5 : 0)), some)
            return (loss(1) - loss(-1)) / 2e-5 })]""", {"examples": examples, "some": some, "at": [0.7, -1.2]})
        np.testing.assert_allclose(slope, nudged, atol=1e-6)


def test_lesson_5_batches_hold_every_example_once(modules):
    cut = modules("batch-race", "async m => m.batches(70, 32, (await import(new URL('base.js', document.baseURI + 'assets/widgets/'))).random(5))")
    assert [len(batch) for batch in cut] == [32, 32, 6]
    assert sorted(sum(cut, [])) == list(range(70))


def test_lesson_6_choices_hold_the_right_answer_once(modules):
    causes = ["few pictures, a", "few pictures with b", "c d", "e f", "the rate is low", "the rate is high"]
    for seed in range(20):
        offered = modules("curve-clinic", "(m, a) => m.choices(a.causes[0], a.causes, 3, a.seed)", {"causes": causes, "seed": seed})
        assert len(offered) == 3 and offered.count(causes[0]) == 1 and causes[1] not in offered


def test_lesson_7_head_trains_as_numpy_does(modules):
    rng = np.random.default_rng(6)
    rows, labels = rng.normal(size=(12, 5)), rng.integers(0, 3, 12)
    found = modules("transfer-lab", """(m, { rows, labels }) => { const head = m.newHead(5, 3)
        for (let n = 0; n < 4; n++) m.step(head, rows.map(row => Float64Array.from(row)), labels)
        return head.weights.map(own => [...own]) }""", {"rows": rows.tolist(), "labels": labels.tolist()})
    inputs, weights, speed = np.hstack([rows, np.ones((12, 1))]), np.zeros((3, 6)), np.zeros((3, 6))
    for _ in range(4):
        powers = np.exp(inputs @ weights.T)
        slope = (powers / powers.sum(axis=1, keepdims=True) - np.eye(3)[labels]).T @ inputs / 12
        speed = 0.9 * speed - 0.5 * (slope + 1e-3 * weights)
        weights = weights + speed
    np.testing.assert_allclose(found, weights, atol=1e-9)


def test_state_survives_the_address_and_strange_addresses_do_no_harm(modules):
    defaults = {"digit": -1, "network": "first", "x": 0}
    state = {"digit": 7, "network": "smooth, & more", "x": -2.5}
    assert modules("base", "(m, a) => m.readState(m.writeState(a.state, a.defaults), a.defaults)", {"state": state, "defaults": defaults}) == state
    for strange in ("#widget?digit=NaN&x=&__proto__=1&other=2", "#something", "", "#widget?%E0%A4%A"):
        assert modules("base", "(m, a) => m.readState(a.strange, a.defaults)", {"strange": strange, "defaults": defaults}) == defaults


def test_packed_arrays_are_read_as_they_were_written(modules):
    rng = np.random.default_rng(8)
    for array, steps in ((rng.normal(size=(3, 5)).astype(np.float32), False), (rng.normal(size=(4, 6)), True), (np.arange(300, dtype=np.uint16), False)):
        packed = widget_data.pack(array, steps=steps)
        found = modules("base", "(m, a) => { const { data, shape } = m.unpack(a); return { values: [...data], shape } }", packed)
        assert found["shape"] == list(array.shape)
        np.testing.assert_allclose(np.reshape(found["values"], array.shape), widget_data.unpack(packed), atol=1e-7)
        np.testing.assert_allclose(np.reshape(found["values"], array.shape), array, atol=packed.get("scale", 0) / 2 + 1e-7)


def test_data_that_a_page_cannot_take_are_refused(tmp_path):
    with pytest.raises(widget_data.WidgetDataError, match="not finite"):
        widget_data.pack(np.array([1.0, np.nan], np.float32))
    with pytest.raises(widget_data.WidgetDataError, match="not float64"):
        widget_data.pack(np.zeros(3))
    with pytest.raises(widget_data.WidgetDataError, match="a page may load 300,000"):
        widget_data.write("lesson_01_tiny", {"text": "x" * 300_000}, tmp_path / "run.json", source="a test")
    recipe = tmp_path / "widget.py"
    recipe.write_text("def data(chapter):\n    return {'n': chapter['network']}\n")
    with pytest.raises(widget_data.WidgetDataError, match="asks for 'network', which the chapter does not have"):
        widget_data.record(recipe, {}, tmp_path / "run.json", source="a test")
    assert not (tmp_path / "run.json").exists()


# What a reader meets ------------------------------------------------------------------------------


@every_widget
def test_untouched_it_asks_and_shows(open_widget, name):
    tab = open_widget(name)
    widget = tab.locator(".course-widget")
    assert widget.locator(".w-ask button").count() >= 3
    assert widget.locator(".w-verdict").first.inner_text() == "", "the answer must wait for the reader's"
    assert widget.locator(".no-script:visible").count() == 0
    assert "#" not in tab.url, "looking at a page must not change its address"
    undescribed = widget.locator("[role=img]:visible").evaluate_all("all => all.filter(one => (one.getAttribute('aria-label') || '').split(' ').length < 4).length")
    assert undescribed == 0


@every_widget
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing_before_and_after(open_widget, name, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: pip install -e .[dev]").Axe()
    tab = open_widget(name, scheme=scheme, width=width)

    def look(when: str) -> list[str]:
        found = axe.run(tab, context=".course-widget", options={"runOnly": TAGS}).response["violations"]
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, f"{when}: the page scrolls sideways"
        small = tab.locator(".course-widget :is(button, input, select, summary)").evaluate_all("""all => all.filter(one => one.checkVisibility()).map(one => {
            const { width, height } = (one.closest("label") ?? one).getBoundingClientRect()
            return width < 24 || height < 24 ? one.outerHTML.slice(0, 80) : "" }).filter(Boolean)""")
        return [f"{when}: {one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]] + [f"{when}: smaller than 24 px: {one}" for one in small]

    assert look("before") == []
    tab.locator(".w-ask button").first.click()
    tab.locator(".w-options summary").click()
    assert tab.locator(".w-verdict").first.inner_text() != ""
    assert look("after") == []


WALK = """() => {
  const at = document.activeElement, widget = document.querySelector(".course-widget")
  if (!widget.contains(at)) return null
  const ring = at.closest("label")?.matches(":has(:focus-visible)") && at.classList.contains("only-read") ? at.closest("label") : at
  const style = getComputedStyle(ring)
  return { number: [...widget.querySelectorAll("*")].indexOf(at), ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 }
}"""
STOPS = """() => {
  const widget = document.querySelector(".course-widget"), all = [...widget.querySelectorAll("*")], groups = new Set()
  return all.filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility()).filter(one => {
    if (one.type !== "radio") return true
    const group = [...widget.querySelectorAll(`input[name="${one.name}"]`)]
    return group.some(other => other.checked) ? one.checked : group[0] === one
  }).map(one => all.indexOf(one))
}"""


@every_widget
def test_everything_can_be_reached_by_keyboard(open_widget, name):
    tab = open_widget(name)
    first = tab.locator(".w-ask button").first
    first.focus()
    tab.keyboard.press("Enter")
    assert tab.locator(".w-verdict").first.inner_text() != ""
    assert tab.evaluate("document.querySelector('.course-widget').contains(document.activeElement)"), "focus must not be lost"
    tab.locator(".w-options summary").press("Enter")
    wanted = set(tab.evaluate(STOPS))
    tab.evaluate("""() => { const before = document.createElement("button"); before.textContent = "before"
        document.querySelector(".course-widget").before(before); before.focus() }""")
    met, without_ring = set(), []
    for _ in range(len(wanted) + 5):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(WALK)
        if stop is None:
            break
        met.add(stop["number"])
        if not stop["ring"]:
            without_ring.append(tab.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
    assert wanted - met == set()
    assert without_ring == []
    assert tab.evaluate(WALK) is None, "and the keyboard gets out again"


@every_widget
def test_a_link_shows_the_same_state(open_widget, name):
    tab = open_widget(name)
    tab.locator(".w-ask button").nth(1).click()
    verdict = tab.locator(".w-verdict").first.inner_text()
    pictures = "all => all.map(one => one.getAttribute('aria-label'))"
    seen = tab.locator(".course-widget [role=img]:visible").evaluate_all(pictures)
    assert "#widget?" in tab.url
    again = open_widget(name, hash=tab.url[tab.url.index("#") :])
    assert again.locator(".w-verdict").first.inner_text() == verdict
    assert again.locator(".course-widget [role=img]:visible").evaluate_all(pictures) == seen
    again.locator(".w-options summary").click()
    again.get_by_role("button", name="Start over").click()
    assert again.locator(".w-verdict").first.inner_text() == ""
    again.wait_for_function("() => !location.hash", polling=100)


@every_widget
def test_a_strange_link_does_no_harm(open_widget, name):
    keys = ("row", "column", "digit", "ink", "neuron", "animal", "tiles", "size", "tried", "test", "patient", "far", "rate", "depth", "picture", "count", "cloud", "kernel", "guess")
    tab = open_widget(name, hash="#widget?" + "&".join(f"{key}=-7" for key in keys))
    for value in ("1e9", "0.5", "<b>", ""):
        tab.evaluate("hash => { location.hash = hash }", "#widget?" + "&".join(f"{key}={value}" for key in keys))
        tab.wait_for_function("hash => decodeURIComponent(location.hash).includes(hash)", arg=f"row={value}&", polling=100)
        assert tab.locator(".w-ask").first.is_visible()


@every_widget
def test_the_page_stays_light_and_the_data_come_late(browser, built_site, address, name):
    tab = browser.new_page(viewport={"width": 1280, "height": 600})
    asked = []
    tab.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    tab.goto(address + name + "/", wait_until="networkidle")
    assert f"{name}/widget.json" not in asked
    tab.locator(".course-widget").scroll_into_view_if_needed()
    tab.locator(".course-widget[ready]").wait_for()
    assert f"{name}/widget.json" in asked
    tab.close()
    scripts = {url for url in asked if url.split("?")[0].endswith(".js")} | {path.relative_to(built_site).as_posix() for path in built_site.glob("assets/javascripts/workers/*.js")}
    assert sum(len(gzip.compress((built_site / url).read_bytes(), 9)) for url in scripts) <= 60 * KILOBYTE
    assert (built_site / name / "widget.json").stat().st_size <= 300 * KILOBYTE


@every_widget
def test_without_javascript_a_sentence_stands_in_its_place(open_widget, name):
    tab = open_widget(name, script=False)
    assert len(tab.locator(".course-widget .no-script").inner_text().split()) >= 20


def test_data_that_do_not_come_are_said(browser, address):
    tab = browser.new_page()
    tab.route("**/widget.json", lambda route: route.abort())
    tab.goto(address + next(iter(LESSONS)) + "/")
    tab.locator(".course-widget").scroll_into_view_if_needed()
    tab.get_by_text("could not be loaded").wait_for()
    assert tab.locator(".course-widget .no-script").is_visible()
    tab.close()


# A reader's own run ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OWN_RUN)
def test_an_own_run_takes_the_place_of_ours_and_stays_here(open_widget, built_site, tmp_path, name):
    run = json.loads((built_site / name / "widget.json").read_text(encoding="utf-8"))
    mine = tmp_path / "run.json"
    mine.write_text(json.dumps(run | {"source": "your run, with your own functions"}))
    tab = open_widget(name)
    tab.locator(".w-options summary").click()
    sent = []
    tab.on("request", lambda request: sent.append(request.url))
    tab.locator(".w-options input[type=file]").set_input_files(mine)
    tab.get_by_text("Shown: your run, with your own functions.").wait_for()
    assert sent == []
    tab.get_by_role("button", name="Start over").click()
    tab.get_by_text("Shown: the run that made this page.").wait_for()


def wrong_files(run: dict) -> dict[str, str]:
    """Texts that are no run of this lesson, and what must be said to each."""
    text = json.dumps(run)
    short = re.sub(r'"base64": "[^"]{8}', '"base64": "', text) if "base64" in text else json.dumps(run | {"data": {"runs": [{}], "remedies": {}}})
    return {
        "{not json": "This file is not JSON",
        "[1, 2]": "not from “course run”",
        json.dumps(run | {"schema": 99}): "another version of the course",
        json.dumps(run | {"lesson": "lesson_99_other"}): "belongs to another lesson: lesson_99_other",
        json.dumps(run | {"data": 5}): "holds no data",
        json.dumps(run | {"data": {}}): "damaged",
        short: "damaged",
        "x" * 2_100_000: "too large",
    }


@pytest.mark.parametrize("name", OWN_RUN)
def test_a_wrong_file_gets_one_clear_line(open_widget, built_site, tmp_path, name):
    run = json.loads((built_site / name / "widget.json").read_text(encoding="utf-8"))
    tab = open_widget(name)
    tab.locator(".w-options summary").click()
    for number, (text, said) in enumerate(wrong_files(run).items()):
        wrong = tmp_path / f"wrong-{number}.json"
        wrong.write_text(text, encoding="utf-8")
        tab.locator(".w-options input[type=file]").set_input_files(wrong)
        line = tab.locator(".w-problem", has_text=said)
        line.wait_for()
        assert "\n" not in line.inner_text()
        assert tab.get_by_text("Shown: the run that made this page.").is_visible()
        assert tab.locator(".w-ask button").count() >= 3, "what was there is still there"


def test_course_run_leaves_the_file_for_the_page(tiny, capfd):
    from course.authoring import run_chapter

    tiny.widget_data.write_text("def data(chapter):\n    return {'sum': chapter['add'](2, 2)}\n", encoding="utf-8")
    (tiny.root / "pyproject.toml").write_text("")
    assert run_chapter.start(tiny, mine=False) == 0
    run = json.loads((tiny.root / "build" / "run" / tiny.name / "run.json").read_text(encoding="utf-8"))
    assert run == {"schema": 1, "kind": "course-run", "lesson": tiny.name, "source": "your run", "data": {"sum": 4}}
    assert f"build/run/{tiny.name}/run.json" in capfd.readouterr().out


# Each one's own way ----------------------------------------------------------------------------------


def test_lesson_1_window_moves_by_click_and_arrow_keys(open_widget):
    tab = open_widget(only_with("filter-window"))
    where = tab.locator("filter-window .w-note").first
    pad = tab.get_by_role("application")
    pad.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Shift+ArrowRight")
    assert "row 49, column 46" in where.inner_text()
    box = pad.bounding_box()
    pad.click(position={"x": box["width"] * 0.255, "y": box["height"] * 0.255})
    assert "row 24, column 24" in where.inner_text()
    tab.locator(".w-ask button").first.click()
    cell = tab.get_by_label("Kernel, row 2, column 2")
    cell.fill("5")
    cell.press("Tab")
    tab.wait_for_function("() => location.hash.includes('kernel=')", polling=100)
    assert tab.locator("filter-window select").input_value() == "own"


def test_lesson_1_takes_an_own_picture_and_keeps_it_here(open_widget, tmp_path):
    from PIL import Image

    Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 200, 3), dtype=np.uint8)).save(tmp_path / "own.png")
    (tmp_path / "own.txt").write_text("no picture")
    tab = open_widget(only_with("filter-window"))
    sent = []
    tab.on("request", lambda request: None if request.url.startswith("blob:") or request.url.endswith("/assets/mark.svg") else sent.append(request.url))  # a page's icon may come late
    chooser = tab.locator("filter-window input[type=file]").first
    chooser.set_input_files(tmp_path / "own.txt")
    tab.get_by_text("no picture that your browser can read").wait_for()
    tab.locator("filter-window input[type=file]").first.set_input_files(tmp_path / "own.png")
    tab.get_by_role("img", name="The picture “own”, 128 by 85 pixels").wait_for()
    assert sent == []


def test_lesson_2_draws_by_keyboard(open_widget):
    tab = open_widget(only_with("digit-network"))
    tab.get_by_text("Clear", exact=True).click()
    tab.get_by_role("application").focus()
    for _ in range(6):
        tab.keyboard.press("Space")
        tab.keyboard.press("ArrowDown")
    described = tab.get_by_role("application").get_by_role("img").get_attribute("aria-label")
    assert "ink on 0" not in described
    tab.wait_for_function("() => location.hash.includes('ink=')", polling=100)
    neuron = tab.locator("input[name=widget-neuron]:checked")
    neuron.focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("() => location.hash.includes('neuron=')", polling=100)


def test_lesson_2_colours_can_be_exchanged(open_widget):
    tab = open_widget(only_with("digit-network"))
    colour = "getComputedStyle(document.querySelector('.w-swatch i')).backgroundColor"
    before = tab.evaluate(colour)
    tab.locator(".w-options summary").click()
    tab.get_by_role("button", name="Switch to purple and orange").click()
    assert tab.evaluate(colour) != before
    assert tab.get_by_role("button", name="Switch to blue and red").is_visible()
    tab.wait_for_function("() => location.hash.includes('colours=1')", polling=100)


def test_lesson_3_tiles_change_by_keyboard_and_buttons(open_widget):
    tab = open_widget(only_with("ground-lab"))
    first = tab.locator(".g-tile").first
    first.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Space")
    assert tab.locator(".g-tile[aria-pressed=true]").count() == 1
    assert tab.locator(".g-tile").nth(3).get_attribute("aria-pressed") == "true"
    tab.get_by_role("button", name="All exchanged").click()
    assert tab.locator(".g-tile[aria-pressed=true]").count() == 9


def test_lesson_4_border_moves_by_drag_and_by_slider(open_widget):
    tab = open_widget(only_with("split-lab"))
    sizes = tab.locator("split-lab .w-note").first
    box = tab.locator(".s-bar").bounding_box()
    tab.mouse.move(box["x"] + box["width"] * 5 / 6, box["y"] + 10)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 3 / 4, box["y"] + 10)
    tab.mouse.up()
    assert "150 for the test" in sizes.inner_text()
    tab.locator(".w-ask button").first.click()
    tab.locator("split-lab input[type=range]").nth(1).press("ArrowRight")
    assert "160 for the test" in sizes.inner_text()


def test_lesson_5_plays_at_once_where_motion_is_unwelcome(open_widget):
    name = only_with("batch-race")
    tab = open_widget(name)
    tab.locator(".w-ask button").first.click()
    tab.get_by_role("button", name="Play").click()
    assert tab.get_by_label("How far").input_value() == "60"
    moving = open_widget(name, motion="no-preference")
    moving.locator(".w-ask button").first.click()
    moving.get_by_role("button", name="Play").click()
    moving.get_by_role("button", name="Pause").click()
    assert int(moving.get_by_label("How far").input_value()) < 60


def test_lesson_6_leads_from_the_diagnosis_to_the_remedy(open_widget):
    tab = open_widget(only_with("curve-clinic"))
    for step in range(3):
        tab.locator(".w-ask").nth(step).locator("button").first.click()
    assert tab.locator(".w-ask").count() == 3
    assert tab.locator("curve-clinic svg:visible").count() == 2, "the remedy's run stands beside the patient's"
    tab.get_by_role("button", name="Next patient").click()
    assert tab.locator(".w-ask").count() == 1 and "Patient 2" in tab.locator("curve-clinic .w-big").inner_text()


def test_lesson_7_trains_a_head_in_the_page(open_widget):
    tab = open_widget(only_with("transfer-lab"))
    for _ in range(3):
        tab.get_by_role("button", name="Train 20 steps").click()
    said = tab.get_by_text("After 60 steps").first.inner_text()
    assert float(re.search(r"right on them, ([\d.]+)", said)[1]) >= 50

    own, beside = r"([\d.]+\s?%) on the", r"\(by \w+: ([\d.]+\s?%)"
    features, pixels = re.search(own, said)[1], re.search(beside, said)[1]
    assert features != pixels, "the head on features stands beside one on pixels"
    tab.get_by_role("radio", name="192 coarse pixels").check(force=True)
    exchanged = tab.get_by_text("After 60 steps").first.inner_text()
    assert (re.search(own, exchanged)[1], re.search(beside, exchanged)[1]) == (pixels, features)
