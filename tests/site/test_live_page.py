"""The living textbook in a real browser: verdicts at their place, as text; quiet everywhere else."""

import threading

import pytest

from course import catalog
from course.learning.textbook import open_server

LESSON = catalog.lessons()[0]
EXERCISE = f"{LESSON.name}/exercise/"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
EVIL = "came back  <img src=x onerror=\"document.title='broken in'\"> <script>document.title='broken in'</script>"


class Course:
    """What a page asks for: a state that the test sets, and events that it sends."""

    def __init__(self):
        self.verdicts: dict[str, dict] = {}
        self.problem = ""

    def state(self) -> dict:
        return {"site": "complete", "next": self.next(), "lessons": [self.lesson()]}

    def next(self) -> dict | None:
        task = next((task for task in LESSON.tasks if self.verdicts.get(task.id, {}).get("status") != "passed"), None)
        return {"lesson": LESSON.name, "task": task.id, "title": task.title} if task else None

    def lesson(self) -> dict:
        tasks = [{"id": task.id, "title": task.title, "points": task.points, "status": "not_attempted", "score": 0, "message": "",
                  "checking": False, "stale": False, **self.verdicts.get(task.id, {})} for task in LESSON.tasks]
        return {"name": LESSON.name, "number": LESSON.number, "title": LESSON.title, "score": sum(task["score"] for task in tasks),
                "points": LESSON.points, "problem": self.problem, "note": "", "next": (self.next() or {}).get("task"), "tasks": tasks}

    def event(self, kind: str, task: str = "", text: str = "", **verdict) -> dict:
        if task:
            self.verdicts[task] = verdict
        return {"kind": kind, "task": task, "text": text, "lesson": self.lesson(), "next": self.next()}


@pytest.fixture
def course():
    return Course()


@pytest.fixture
def live(built_site, course):
    with open_server(built_site, state=course.state) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server


@pytest.fixture
def tab(browser, live, wait_for_listener):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.errors = []
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(live.address + EXERCISE)
    wait_for_listener(page)
    yield page
    assert page.errors == []
    context.close()


@pytest.fixture
def wait_for_listener():
    return lambda page: page.locator("course-live strong").wait_for()


def test_a_verdict_stands_at_its_task_and_says_what_is_next(tab, live, course):
    first, second = LESSON.tasks[:2]
    status = tab.locator(f'task-status[task="{first.id}"]')
    assert "Not started" in status.inner_text()
    live.events.publish(course.event("verdict", first.id, status="failed", score=1, message="came back  2\nexpected   3"))
    status.get_by_text("expected   3").wait_for()
    assert f"Not yet: 1 of {first.points} points" in status.inner_text()
    live.events.publish(course.event("verdict", first.id, status="passed", score=first.points))
    link = status.get_by_role("link", name=f"Next: {second.id}")
    link.wait_for()
    assert "came back" not in status.inner_text()
    assert tab.locator("course-live [role=status]").inner_text() == f"Task {first.id}: passed, {first.points} of {first.points} points. Next: task {second.id}."
    link.click()
    tab.wait_for_function(f"document.getElementById('task-{second.id.replace('.', '-')}').getBoundingClientRect().top < 200", polling=100)


def test_pages_say_when_there_are_newer_ones(tab, live):
    live.events.publish({"kind": "site", "site": "building"})
    tab.get_by_text("Chapters are being run").wait_for()
    live.events.publish({"kind": "site", "site": "complete"})
    link = tab.get_by_role("link", name="reload")
    link.wait_for()
    tab.evaluate("document.querySelector('article').append(document.createElement('chapter-ready'))")
    live.events.publish({"kind": "site", "site": "failed"})
    tab.get_by_text("could not be run").wait_for()
    live.events.publish({"kind": "site", "site": "complete"})
    tab.get_by_role("link", name="The figures and numbers are there").wait_for()


def test_a_message_is_text_and_nothing_else(tab, live, course):
    live.events.publish(course.event("verdict", LESSON.tasks[0].id, status="error", score=0, message=EVIL))
    tab.locator("task-status").get_by_text("<img src=x").wait_for()
    assert tab.locator("task-status img, task-status script").count() == 0 and tab.title() != "broken in"
    course.problem = EVIL
    live.events.publish(course.event("problem", text=EVIL))
    tab.locator("pre.live-problem", has_text="<img").wait_for()
    assert tab.locator("course-live img, course-live script").count() == 0 and tab.title() != "broken in"


def test_the_page_stays_where_the_reader_is_unless_asked(tab, live, course):
    tasks = LESSON.tasks
    top = "window.scrollY"
    live.events.publish(course.event("verdict", tasks[4].id, status="failed", score=0, message="x"))
    tab.locator(f'task-status[task="{tasks[4].id}"]', has_text="Not yet").wait_for()
    assert tab.evaluate(top) == 0
    tab.get_by_label("Keep my task in view").check()
    live.events.publish(course.event("verdict", tasks[5].id, status="failed", score=0, message="x"))
    tab.locator(f'task-status[task="{tasks[5].id}"]', has_text="Not yet").wait_for()
    tab.wait_for_function(f"{top} > 500", polling=100)
    tab.mouse.wheel(0, -200)  # now somebody reads
    tab.wait_for_timeout(300)
    here = tab.evaluate(top)
    live.events.publish(course.event("verdict", tasks[0].id, status="failed", score=0, message="x"))
    tab.locator(f'task-status[task="{tasks[0].id}"]', has_text="Not yet").wait_for(state="attached")
    assert abs(tab.evaluate(top) - here) < 200, "layout above may have grown, but the page did not jump to task 1"


def test_only_pages_that_are_seen_hold_a_connection(tab, live, browser, wait_for_listener):
    others = [tab.context.new_page() for _ in range(7)]  # browsers allow six connections to one server
    for page in others:
        page.goto(live.address + EXERCISE)
        wait_for_listener(page)
        page.evaluate("Object.defineProperty(document, 'hidden', {value: true}); document.dispatchEvent(new Event('visibilitychange'))")
    tab.goto(live.address)
    assert tab.title()


def test_a_lost_connection_is_said_and_mended(tab, live, course):
    live.events.loop.call_soon_threadsafe(live.events.end)  # as when `course start` ends
    course.verdicts[LESSON.tasks[0].id] = {"status": "passed", "score": LESSON.tasks[0].points}  # meanwhile
    tab.locator(f'task-status[task="{LESSON.tasks[0].id}"]', has_text="Passed").wait_for(timeout=15000)


def test_a_verdict_that_came_without_a_connection_is_followed_too(tab, live, course):
    missed = LESSON.tasks[5]
    tab.get_by_label("Keep my task in view").check()
    live.events.loop.call_soon_threadsafe(live.events.end)
    course.verdicts[missed.id] = {"status": "failed", "score": 0, "message": "x"}
    tab.locator(f'task-status[task="{missed.id}"]', has_text="Not yet").wait_for(timeout=15000)
    tab.wait_for_function("window.scrollY > 500", polling=100)
    assert tab.locator("course-live [role=status]").inner_text() == f"Task {missed.id}: not yet, 0 of {missed.points} points."


def test_an_answer_that_an_event_has_overtaken_is_asked_for_again(browser, live, course):
    first, answers = LESSON.tasks[0], []

    def overtaken(route):
        answers.append(route.fetch())
        if len(answers) == 1:
            live.events.publish(course.event("verdict", first.id, status="passed", score=first.points))
            page.locator(f'task-status[task="{first.id}"]', has_text="Passed").wait_for()
        route.fulfill(response=answers[-1])

    page = browser.new_context().new_page()
    page.route("**/_course/state", overtaken)
    page.goto(live.address + EXERCISE)
    page.locator("course-live strong").wait_for()
    assert len(answers) == 2
    assert "Passed" in page.locator(f'task-status[task="{first.id}"]').inner_text()
    page.context.close()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_verdicts_and_nothing_overflows(browser, live, course, wait_for_listener, width, scheme):
    course.verdicts = {LESSON.tasks[0].id: {"status": "passed", "score": 2}, LESSON.tasks[1].id: {"status": "failed", "message": "x" * 300},
                       LESSON.tasks[2].id: {"status": "error", "message": "expected   " + "word " * 60},
                       LESSON.tasks[3].id: {"checking": True}}
    course.problem = "exercise.py, line 3: never closed\n    " + "f(" * 200
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(live.address + EXERCISE)
    wait_for_listener(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: pip install -e .[dev]")
    found = axe.Axe().run(page, options=RULES).response["violations"]
    assert [f"{one['id']}: {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]] == []
    small = page.evaluate("""() => [...document.querySelectorAll('course-live :is(a, label), task-status a')]
        .map(element => element.getBoundingClientRect()).filter(box => box.height < 24).length""")
    assert small == 0, "targets are at least 24 px high"
    context.close()


def test_elsewhere_the_page_says_how_to_start_it_and_asks_nobody(browser, address):
    tab = browser.new_page()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(address + EXERCISE, wait_until="networkidle")
    assert "course start" in tab.locator("course-live").inner_text()
    assert tab.locator("task-status:visible").count() == 0
    assert not [url for url in asked if "_course" in url]
    tab.close()
