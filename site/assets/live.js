// The living textbook: with `course start`, tasks are marked on their pages as the exercise is saved.
// Anywhere else these elements stay as they were written, and nothing is asked of any server.
const mark = document.querySelector('meta[name="course-live"]')
const elements = new Set()
const lessons = new Map()
let next = null, site = "complete", wasBuilding = false, connected = false, source = null, heard = 0

const WORDS = { passed: "Passed", failed: "Not yet", error: "Not yet", not_attempted: "Not started" }
const SIGNS = { passed: "✓", failed: "✗", error: "✗", not_attempted: "○" }
const FOLLOW = "course-follow"
const CALM_MS = 4000 // who has scrolled within this time is reading

const follows = () => { try { return localStorage.getItem(FOLLOW) === "yes" } catch { return false } }
const setFollows = yes => { try { localStorage.setItem(FOLLOW, yes ? "yes" : "no") } catch { /* private window: it is only not remembered */ } }

let lastMove = 0
for (const kind of ["wheel", "touchmove", "keydown"]) addEventListener(kind, () => { lastMove = Date.now() }, { passive: true })

const make = (tag, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), attributes)
  element.append(...children) // strings become text, never HTML
  return element
}
const points = (count, of) => `${count} of ${of} point${of === 1 ? "" : "s"}`
const taskOf = id => lessons.get(id.split(".")[0])?.tasks.find(task => task.id === id)
const anchor = id => `task-${id.replace(".", "-")}`
const addressOf = (lesson, id) => document.getElementById(anchor(id)) ? `#${anchor(id)}` : `../../${lesson}/exercise/#${anchor(id)}`
const renderAll = () => elements.forEach(element => element.render())

const take = lesson => lessons.set(String(lesson.number), lesson)

/** Ask how things stand: when the page opens, and after each time without a connection. An event that comes while the
 *  answer is under way is newer than the answer, so the page asks again. */
const refresh = async () => {
  let missed = []
  try {
    let state, before
    do {
      before = heard
      state = await (await fetch(mark.content + "state")).json()
    } while (heard !== before)
    missed = state.lessons.flatMap(changed)
    state.lessons.forEach(take)
    next = state.next
    siteIs(state.site)
    connected = true
  } catch { connected = false }
  renderAll()
  missed.slice(-1).forEach(verdict)
}

/** Verdicts of a lesson that are not those which the page shows. */
const changed = lesson => lesson.tasks.filter(task => {
  const shown = taskOf(task.id)
  return shown && !task.checking && (shown.status !== task.status || shown.message !== task.message)
}).map(task => ({ task: task.id, lesson }))

const hear = event => {
  heard++
  if (event.kind === "site") siteIs(event.site)
  if (event.lesson) take(event.lesson)
  if ("next" in event) next = event.next
  renderAll()
  if (event.kind === "verdict") verdict(event)
  if (event.kind === "problem") announce(event.text.split("\n")[0])
}

const verdict = event => {
  const task = taskOf(event.task)
  if (!task || task.status === "not_attempted") return
  const after = task.status === "passed" && event.lesson.next ? ` Next: task ${event.lesson.next}.` : ""
  announce(`Task ${task.id}: ${WORDS[task.status].toLowerCase()}, ${points(task.score, task.points)}.${after}`)
  if (follows()) bringIntoView(task.status === "passed" ? event.lesson.next ?? task.id : task.id)
}

const announce = text => { for (const element of elements) element.announce?.(text) }

const siteIs = state => {
  wasBuilding ||= state === "building"
  site = state
}
const reload = words => make("a", { href: location.pathname }, words)

const bringIntoView = id => {
  if (Date.now() - lastMove < CALM_MS) return
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  document.getElementById(anchor(id))?.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" })
}

// Browsers allow six connections to one server; only pages that are seen hold one.
const connect = () => {
  const wanted = mark && elements.size > 0 && !document.hidden
  if (wanted && !source) {
    source = new EventSource(mark.content + "events")
    source.onopen = refresh
    source.onmessage = message => hear(JSON.parse(message.data))
    source.onerror = () => { connected = false; renderAll() }
  } else if (!wanted && source) {
    source.close()
    source = null
  }
}
document.addEventListener("visibilitychange", connect)

class Live extends HTMLElement {
  connectedCallback() {
    if (!mark) return
    elements.add(this)
    connect()
  }
  disconnectedCallback() {
    elements.delete(this)
    connect()
  }
}

// <task-status task="1.3">: the verdict and its message, where the task stands in the text.
class TaskStatus extends Live {
  render() {
    const task = taskOf(this.getAttribute("task"))
    if (!task) return
    const shown = JSON.stringify([task, next])
    if (shown === this.shown) return
    this.shown = shown
    const state = task.checking ? "checking" : task.status
    const words = task.checking ? "Checking …" : WORDS[task.status]
    const score = task.status === "not_attempted" ? "" : `: ${points(task.score, task.points)}`
    const parts = [make("p", { className: "task-verdict" },
      Object.assign(make("span", { className: "task-sign" }, task.checking ? "…" : SIGNS[task.status]), { ariaHidden: "true" }),
      make("span", {}, words + (task.checking ? "" : score)))]
    if (task.message && task.status !== "passed") parts.push(make("pre", { className: "task-message" }, task.message))
    if (task.status === "passed" && next && next.task !== task.id) {
      parts.push(make("p", { className: "task-next" }, make("a", { href: addressOf(next.lesson, next.task) }, `Next: ${next.task} · ${next.title}`)))
    }
    this.dataset.state = state
    this.replaceChildren(...parts)
  }
}

// <course-live lesson="1">: how things stand, always in sight; says what has changed to screen readers.
class CourseLive extends Live {
  connectedCallback() {
    if (!mark) return
    const follow = make("input", { type: "checkbox", checked: follows() })
    follow.addEventListener("change", () => setFollows(follow.checked))
    this.bar = make("p", { className: "live-line" })
    this.problem = make("pre", { className: "live-problem", hidden: true })
    this.said = make("p", { className: "only-read" })
    this.said.setAttribute("role", "status")
    this.dataset.live = document.documentElement.dataset.live = ""
    this.setAttribute("role", "region")
    this.setAttribute("aria-label", "Your progress")
    this.replaceChildren(this.problem, this.bar, make("label", { className: "live-follow" }, follow, " Keep my task in view"), this.said)
    super.connectedCallback()
  }
  announce(text) { this.said.textContent = text }
  render() {
    const lesson = lessons.get(this.getAttribute("lesson"))
    if (!lesson) return
    const parts = []
    if (!connected) parts.push("Not connected. Run course start again, and this page goes on.")
    else {
      parts.push(make("strong", {}, `${lesson.score} of ${lesson.points} points`))
      const busy = lesson.tasks.filter(task => task.checking).map(task => task.id)
      if (busy.length) parts.push(`Checking ${busy.length > 2 ? "your tasks" : busy.join(" and ")} …`)
      if (next) parts.push(make("a", { href: addressOf(next.lesson, next.task) }, `Next: ${next.task} · ${next.title}`))
      else parts.push("Everything has passed.")
      if (site === "building") parts.push(make("span", { className: "live-building" }, "Chapters are being run …"))
      else if (site === "complete" && wasBuilding) parts.push(reload("The pages are new: reload"))
    }
    this.bar.replaceChildren(...parts.flatMap((part, index) => index ? [make("span", { className: "live-gap" }, " "), part] : [part]))
    const trouble = [lesson.problem, lesson.note].filter(Boolean).join("\n")
    this.problem.hidden = !trouble
    if (this.problem.textContent !== trouble) this.problem.textContent = trouble
  }
}

// <chapter-ready>: on a chapter that is shown before its experiments have been run; says when there is more.
class ChapterReady extends Live {
  connectedCallback() {
    this.setAttribute("role", "status")
    super.connectedCallback()
  }
  render() {
    if (site === this.shown) return
    this.shown = site
    if (site === "complete") this.replaceChildren(reload("The figures and numbers are there: reload this page"))
    else if (site === "failed") this.replaceChildren("The experiments could not be run; the terminal with course start says why.")
  }
}

customElements.define("chapter-ready", ChapterReady)
customElements.define("task-status", TaskStatus)
customElements.define("course-live", CourseLive)
