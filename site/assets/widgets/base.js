// What all widgets share: loading when the reader comes near, state in the address, colours with a
// sign, predictions, spoken descriptions, and a reader's own run. Each widget is a module beside this one.

export const STYLE = new URL("widgets.css", import.meta.url).href
const MOST_BYTES = 2_000_000
const PALETTES = [
  { name: "blue and red", plus: [43, 108, 176], minus: [196, 60, 57] },
  { name: "purple and orange", plus: [122, 79, 179], minus: [217, 122, 29] },
]
const ZERO = [245, 243, 239]

// Data -----------------------------------------------------------------------------------------

const TYPES = { int8: Int8Array, uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array }

/** A packed array of course/widget_data.py as {data, shape}; with a scale it becomes Float32Array. */
export const unpack = ({ type, shape, base64, scale }) => {
  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
  let data = new TYPES[type](bytes.buffer)
  if (data.length !== shape.reduce((product, side) => product * side, 1)) throw new Error("array of another size")
  if (scale !== undefined) data = Float32Array.from(data, value => value * Math.fround(scale))
  return { data, shape }
}

/** The data of a file that `course run` wrote. Throws an Error with one sentence for the reader. */
export const readRun = (text, lesson) => {
  let run
  try { run = JSON.parse(text) } catch { throw new Error("This file is not JSON. Choose the run.json that “course run” has written.") }
  if (run?.kind !== "course-run") throw new Error("This JSON file is not from “course run”.")
  if (run.schema !== 1) throw new Error("This file was written by another version of the course. Run “course run” again.")
  if (run.lesson !== lesson) throw new Error(`This file belongs to another lesson: ${String(run.lesson).slice(0, 60)}.`)
  if (typeof run.data !== "object" || !run.data) throw new Error("This file holds no data. Run “course run” again.")
  return run
}

// State in the address ---------------------------------------------------------------------------

/** "#widget?digit=3&x=-1" as an object with the keys and types of `defaults`. Strange values are left out. */
export const readState = (hash, defaults) => {
  const state = { ...defaults }
  if (!hash.startsWith("#widget?")) return state
  for (const [key, text] of new URLSearchParams(hash.slice(8))) {
    if (!Object.hasOwn(defaults, key)) continue
    if (typeof defaults[key] !== "number") state[key] = text
    else if (text.trim() && Number.isFinite(Number(text))) state[key] = Number(text)
  }
  return state
}

/** What differs from the defaults, as the address holds it. */
export const writeState = (state, defaults) => {
  const changed = Object.keys(defaults).filter(key => state[key] !== defaults[key]).map(key => [key, state[key]])
  return "#widget?" + new URLSearchParams(changed)
}

// Numbers, words, colours --------------------------------------------------------------------------

/** A number with a true minus sign, and no minus before a zero. */
export const say = (value, digits = 2) => (Math.round(value * 10 ** digits) / 10 ** digits + 0).toFixed(digits).replace("-", "−")
export const percent = share => `${(100 * share).toFixed(share > .995 && share < 1 || share > 0 && share < .1 ? 1 : 0)}\u00a0%`
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value))
/** Random numbers from 0 to 1 that are the same for the same seed. */
export const random = seed => () => {
  seed = seed + 0x6D2B79F5 | 0
  let t = Math.imul(seed ^ seed >>> 15, 1 | seed)
  t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t
  return ((t ^ t >>> 14) >>> 0) / 4294967296
}

/** The colour of a signed number: neutral at 0, full at ±limit. */
export const signed = (value, limit, palette = 0) => {
  const part = clamp(Math.abs(value) / limit || 0, 0, 1), { plus, minus } = PALETTES[palette]
  return ZERO.map((zero, channel) => zero + part * ((value < 0 ? minus : plus)[channel] - zero))
}
export const css = colour => `rgb(${colour.map(Math.round).join(" ")})`

/** Draw an array of rows × columns into a canvas, each number a square of `cell` pixels.
 *  kind "signed": colours around zero, and a hatch where it is negative; "grey": black 0 to white 1; "ink": white 0 to black 1. */
export const paint = (canvas, data, rows, columns, { kind = "grey", limit = 1, cell = 1, palette = 0 } = {}) => {
  canvas.width = columns * cell
  canvas.height = rows * cell
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height)
  for (let y = 0, at = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++, at += 4) {
      const value = data[Math.floor(y / cell) * columns + Math.floor(x / cell)]
      let colour
      if (kind === "signed") {
        colour = signed(value, limit, palette)
        if (value < -.15 * limit && cell > 2 && (x + y) % 5 === 0) colour = colour.map(channel => channel * .62)
      } else {
        const grey = 255 * clamp((kind === "ink" ? limit - value : value) / limit, 0, 1)
        colour = [grey, grey, grey]
      }
      image.data.set([...colour, 255], at)
    }
  }
  context.putImageData(image, 0, 0)
  return context
}

// Elements -----------------------------------------------------------------------------------------

/** An element: make("button", {type: "button", onclick}, "text", child). `aria…`, `data…` and hyphens become attributes. */
export const make = (name, properties = {}, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role" || key === "for" || key === "list") element.setAttribute(key, value)
    else element[key] = value
  }
  element.append(...children.filter(child => child !== null && child !== undefined))
  return element
}
export const button = (text, onclick, properties = {}) => make("button",
  { type: "button", onclick: event => event.currentTarget.getAttribute("aria-disabled") === "true" || onclick(event), ...properties }, text)

/** Whether a button can be used. One that cannot keeps the focus, so that nobody who uses the keyboard is lost. */
export const enable = (element, able) => element.setAttribute("aria-disabled", !able)

/** A group of radio buttons. `options` are [value, label]; `choose(value)` is called at a change. */
export const choice = (legend, name, options, value, choose) => make("fieldset", { className: "w-choice" },
  make("legend", {}, legend),
  ...options.map(([key, label]) => make("label", {},
    make("input", { type: "radio", name: `widget-${name}`, value: key, checked: String(key) === String(value), onchange: () => choose(key) }),
    make("span", {}, label))))

/** A labelled slider that says its value. `said(value)` gives the words. */
export const slider = (label, { min, max, step = 1, value, said = String }, change) => {
  const output = make("output", {}, said(value))
  const input = make("input", { type: "range", min, max, step, value, oninput: () => {
    set(Number(input.value))
    change(Number(input.value))
  } })
  const set = value => {
    input.value = value
    output.textContent = said(value)
    input.setAttribute("aria-valuetext", said(value))
  }
  set(value)
  return Object.assign(make("label", { className: "w-slider" }, make("span", {}, label, " "), input, output), { set })
}

/** Arrow keys on an element: `move(down, right)`; with Shift five at a time. */
export const onArrows = (element, move) => element.addEventListener("keydown", event => {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  const far = event.shiftKey ? 5 : 1
  move(step[0] * far, step[1] * far)
})

/** Row and column under a pointer, for a picture of rows × columns. */
export const cellAt = (event, element, rows, columns) => {
  const box = element.getBoundingClientRect()
  return [
    clamp(Math.floor((event.clientY - box.top) / box.height * rows), 0, rows - 1),
    clamp(Math.floor((event.clientX - box.left) / box.width * columns), 0, columns - 1),
  ]
}

// The element ----------------------------------------------------------------------------------------

/** Base of all widgets. A subclass has `static defaults`, `build(data)`, which fills `this.stage` and may
 *  be called again with other data, and `render()`, which brings everything in line with `this.state`. */
export class Widget extends HTMLElement {
  static defaults = {}
  static ownRun = false

  connectedCallback() {
    this.defaults = { ...this.constructor.defaults, guess: "", colours: 0 }
    this.onhash = () => {
      if (!location.hash.startsWith("#widget?")) return
      this.state = readState(location.hash, this.defaults)
      if (this.data) this.show(this.data)
      this.scrollIntoView()
    }
    addEventListener("hashchange", this.onhash)
    if (this.loading) return
    this.state = { ...this.defaults }
    this.style.scrollMarginTop = "4rem"
    this.withoutScript = [...this.querySelectorAll(".no-script")]
    this.withoutScript.forEach(element => element.hidden = true)
    this.near = new IntersectionObserver(seen => seen.some(one => one.isIntersecting) && this.load(), { rootMargin: "800px" })
    this.near.observe(this)
    this.onhash()
  }

  disconnectedCallback() {
    this.near?.disconnect()
    removeEventListener("hashchange", this.onhash)
    clearTimeout(this.speaking)
    clearTimeout(this.keeping)
    this.stop?.()
  }

  async load() {
    if (this.loading) return
    this.loading = true
    this.near.disconnect()
    try {
      const [answer] = await Promise.all([fetch(this.dataset.src), this.dress()])
      if (!answer.ok) throw new Error(answer.status)
      this.ours = await answer.json()
    } catch {
      this.withoutScript.forEach(element => element.hidden = false)
      this.append(make("p", { role: "status" }, "The data of this experiment could not be loaded. Reload the page to try again."))
      return
    }
    this.stage = make("div", { className: "w-stage" })
    this.spoken = make("p", { className: "only-read", role: "status" })
    for (const kind of ["pointerdown", "keydown", "click"]) this.addEventListener(kind, () => { this.begun = true }, { capture: true })
    this.append(this.stage, this.options(), this.spoken)
    this.show(this.ours)
    this.setAttribute("ready", "")
  }

  dress() {
    if (document.querySelector(`link[href="${STYLE}"]`)) return null
    return new Promise(done => document.head.append(make("link", { rel: "stylesheet", href: STYLE, onload: done, onerror: done })))
  }

  show(run) {
    this.data = run
    this.stop?.()
    this.stage.replaceChildren()
    this.build(run.data)
    this.render()
  }

  /** Change the state, keep it in the address, and show it. */
  set(changes) {
    Object.assign(this.state, changes)
    this.keepAddress()
    this.render()
  }

  /** Write the address, but not more than twice a second: browsers refuse to have it changed all the time. */
  keepAddress() {
    clearTimeout(this.keeping)
    const wait = (this.kept ?? -Infinity) + 500 - performance.now()
    if (wait > 0) {
      this.keeping = setTimeout(() => this.keepAddress(), wait)
      return
    }
    this.kept = performance.now()
    const hash = writeState(this.state, this.defaults)
    history.replaceState(history.state, "", hash === "#widget?" ? location.pathname + location.search : hash)
  }

  /** Say a sentence to screen readers, once the reader has stopped moving; nothing before the reader has begun. */
  speak(text) {
    clearTimeout(this.speaking)
    if (!this.begun) return
    this.speaking = setTimeout(() => this.spoken.textContent = text, 350)
  }

  /** A question with choices; `answer(choice)` gives {right, text}, shown after the reader has chosen.
   *  The choice is kept in the state as `key`. */
  ask(question, options, answer, key = "guess") {
    const verdict = make("div", { className: "w-verdict", role: "status" })
    const buttons = options.map(([choice, label]) => button(label, () => {
      this.set({ [key]: choice })
      show()
    }, { "data-guess": choice }))
    const show = () => {
      buttons.forEach(each => each.setAttribute("aria-pressed", each.dataset.guess === this.state[key]))
      if (!this.state[key]) return verdict.replaceChildren()
      const { right, text } = answer(this.state[key])
      const word = right ? "✓ As you said. " : "✗ Not quite. "
      verdict.replaceChildren(make("p", { className: right ? "w-right" : "" }, make("strong", {}, word), text))
    }
    const id = `${this.localName}-${key}`
    const box = make("div", { className: "w-ask", role: "group", "aria-labelledby": id },
      make("p", { id }, make("strong", {}, "Predict. "), question), make("div", { className: "w-row" }, ...buttons), verdict)
    show()
    return box
  }

  get guessed() { return this.state.guess !== "" }

  legend(minus, plus) {
    const { palette } = this
    const swatch = (value, label) => make("span", { className: "w-swatch" },
      make("i", { style: `background-color:${css(signed(value, 1, palette))}`, className: value < 0 ? "w-hatch" : "" }), label)
    return make("p", { className: "w-legend" }, swatch(-1, `− ${minus}`), swatch(0, "0 neither"), swatch(1, `+ ${plus}`))
  }

  get palette() { return this.state.colours === 1 ? 1 : 0 }

  /** Other colours, a link to this state, and the reader's own run. */
  options() {
    const problem = make("p", { className: "w-problem", role: "alert" })
    const source = make("p", { className: "w-source" })
    const tell = () => {
      source.textContent = `Shown: ${(this.data ?? this.ours).source}.`
      colours.textContent = `Switch to ${PALETTES[1 - this.palette].name}`
    }
    const take = async file => {
      problem.textContent = ""
      try {
        if (file.size > MOST_BYTES) throw new Error("This file is too large to be a run.json.")
        const run = readRun(await file.text(), this.ours.lesson), before = this.data
        try { this.show(run) } catch {
          this.show(before)
          throw new Error("This file is damaged: its numbers cannot be read. Run “course run” again.")
        }
        tell()
      } catch (error) { problem.textContent = error.message }
    }
    const colours = button("", () => {
      this.state.colours = 1 - this.palette
      this.show(this.data)
      this.keepAddress()
      tell()
    })
    const rows = [make("div", { className: "w-row" }, this.constructor.signs === false ? null : colours, button("Start over", () => {
      this.state = { ...this.defaults }
      this.show(this.ours)
      this.keepAddress()
      tell()
    }))]
    if (this.constructor.ownRun) {
      const number = Number(this.ours.lesson.match(/\d+/)[0])
      rows.push(make("p", {}, "The command ", make("code", {}, `course run ${number}`), " writes ",
        make("code", {}, `build/run/${this.ours.lesson}/run.json`),
        ". Choose that file, or drop it here, and this page shows your own run. It stays in your browser."),
      make("label", { className: "w-file" }, "Your run.json: ",
        make("input", { type: "file", accept: ".json,application/json", onchange: event => event.target.files[0] && take(event.target.files[0]) })))
      this.addEventListener("dragover", event => event.preventDefault())
      this.addEventListener("drop", event => {
        event.preventDefault()
        if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0])
      })
    }
    rows.push(problem, source)
    tell()
    return make("details", { className: "w-options" },
      make("summary", {}, [this.constructor.ownRun && "Your own run", this.constructor.signs !== false && "other colours", "start over"].filter(Boolean).join(", ").replace(/^./, letter => letter.toUpperCase())), ...rows)
  }
}
