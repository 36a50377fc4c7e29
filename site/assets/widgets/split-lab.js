// Lesson 4: a split to move, models to try, and the gap between the score that chose a model and its future.
import { Widget, button, choice, clamp, enable, make, percent, random, slider, unpack } from "./base.js"
import { chart, newChart } from "./chart.js"

const HERE = 600, PLACES = 49, LOOKS_AT = 10, MOST = 60, LEAKED = .3, GRAIN = 12

const shuffled = (count, dice) => {
  const places = [...Array(count).keys()]
  for (let at = count - 1; at > 0; at--) {
    const other = Math.floor(dice() * (at + 1));
    [places[at], places[other]] = [places[other], places[at]]
  }
  return places
}

/** Who is in which part: indices into the thousand examples. `future` is never in the split. */
export const split = (count, validation, test) => {
  const order = shuffled(count, random(4))
  return { test: order.slice(0, test), validation: order.slice(test, test + validation), training: order.slice(test + validation, HERE), future: order.slice(HERE) }
}

/** The nearest neighbour's label for each wanted example, seen through a few places only. */
export const nearest = (seen, labels, wanted, places) => wanted.map(picture => {
  let best = Infinity, answer = 0
  seen.forEach((other, at) => {
    let distance = 0
    for (const place of places) {
      const difference = picture[place] - other[place]
      distance += difference * difference
      if (distance >= best) return
    }
    best = distance
    answer = labels[at]
  })
  return answer
})

class SplitLab extends Widget {
  static defaults = { labels: "coin", validation: 100, test: 100, tried: 0, leak: 0, by: "test" }
  static signs = false

  build({ pictures, labels }) {
    const { data, shape: [count] } = unpack(pictures)
    this.pictures = Array.from({ length: count }, (_, at) => Float32Array.from(data.subarray(at * PLACES, (at + 1) * PLACES)))
    const coin = random(7)
    this.names = { digits: Array.from(unpack(labels).data), coin: Array.from({ length: count }, () => Math.floor(2 * coin())) }
    this.cache = new Map()

    this.bar = make("div", { className: "s-bar", "aria-hidden": "true" },
      this.parts = ["training", "validation", "test"].map(name => make("span", { className: `s-${name}`, "data-name": name })))
    this.bar.replaceChildren(...this.parts)
    this.bar.addEventListener("pointerdown", event => {
      this.bar.setPointerCapture(event.pointerId)
      const at = this.at(event), { validation, test } = this.state
      this.dragged = Math.abs(at - (HERE - test - validation)) <= Math.abs(at - (HERE - test)) ? "validation" : "test"
      this.drag(event)
    })
    this.bar.addEventListener("pointermove", event => event.buttons && this.drag(event))
    const size = (name, words) => slider(words, { min: 20, max: 250, step: 10, value: this.state[name], said: value => `${value} (${Math.round(100 * value / HERE)} %)` },
      value => this.set({ [name]: value }))
    this.sliders = { validation: size("validation", "Validation"), test: size("test", "Test") }

    this.svg = newChart()
    this.counter = make("p", { className: "w-big" })
    this.story = make("p", {})
    this.more = [1, 10].map(count => button("", () => this.set({ tried: Math.min(MOST, this.state.tried + count) })))
    this.again = button("Forget them", () => this.set({ tried: 0 }))
    this.board = make("div", {}, this.svg, this.counter, this.story)
    this.wait = make("p", { className: "w-note" }, "Predict first; then the fifty models are tried.")
    this.leak = make("input", { type: "checkbox", onchange: () => this.set({ leak: Number(this.leak.checked) }) })
    this.stage.append(
      this.bar, this.sizes = make("p", { className: "w-note" }),
      this.ask("Fifty models are tried on the same 100 test questions, and the best is reported. The labels are tosses of a coin. What does the best one score?",
        [["50", "about 50 %"], ["55", "about 55 %"], ["60", "60 % or more"]],
        guess => {
          const { best, future } = this.run({ ...this.defaults, tried: 50 })
          const truth = best >= .595 ? "60" : best >= .53 ? "55" : "50"
          return { right: guess === truth, text: `It scores ${percent(best)}. Nobody cheated, and nobody can know a coin: in the future the same model is right in ${percent(future)}. It was the luckiest on these questions.` }
        }),
      this.wait, this.board,
      this.controls = make("div", {},
        make("div", { className: "w-row" }, ...this.more, this.again),
        make("div", { className: "w-columns" }, this.sliders.validation, this.sliders.test),
        choice("The best model is chosen by", "by", [["test", "the test set (peeking)"], ["validation", "the validation set; the test is opened once"]], this.state.by, by => this.set({ by })),
        choice("Labels", "labels", [["coin", "tossed by a coin"], ["digits", "the real digits"]], this.state.labels, labels => this.set({ labels })),
        make("label", { className: "w-check" }, this.leak, "Leak: three in ten exam pictures have a twin in the training set")))
  }

  at(event) {
    const box = this.bar.getBoundingClientRect()
    return HERE * (event.clientX - box.left) / box.width
  }

  drag(event) {
    const { test } = this.state, at = this.at(event)
    const wanted = this.dragged === "test" ? HERE - at : HERE - test - at
    this.set({ [this.dragged]: clamp(10 * Math.round(wanted / 10), 20, 250) })
  }

  set(changes) { super.set(changes.guess && !this.state.tried ? { ...changes, tried: 50 } : changes) }

  /** Scores of the first `tried` models: [{validation, test, future}], and the one that is chosen. */
  run({ labels, validation, test, leak, tried, by }) {
    const key = [labels, validation, test, leak].join()
    if (!this.cache.has(key)) {
      const parts = split(this.pictures.length, validation, test), names = this.names[labels] ?? this.names.coin
      const seen = parts.training.map(at => this.pictures[at]), seenNames = parts.training.map(at => names[at])
      if (leak) {
        const dice = random(9)
        for (const at of [...parts.test, ...parts.validation]) {
          if (dice() >= LEAKED) continue
          seen.push(this.pictures[at].map(value => value + GRAIN * (dice() - .5)))
          seenNames.push(names[at])
        }
      }
      this.cache.set(key, { parts, names, seen, seenNames, scores: [] })
    }
    const { parts, names, seen, seenNames, scores } = this.cache.get(key)
    while (scores.length < tried) {
      const places = shuffled(PLACES, random(100 + scores.length)).slice(0, LOOKS_AT)
      const score = part => nearest(seen, seenNames, part.map(at => this.pictures[at]), places).filter((answer, at) => answer === names[part[at]]).length / part.length
      scores.push({ validation: score(parts.validation), test: score(parts.test), future: score(parts.future) })
    }
    const history = []
    let chosen = null
    for (const score of scores.slice(0, tried)) {
      if (!chosen || score[by] > chosen[by]) chosen = score
      history.push(chosen)
    }
    return { history, best: chosen?.[by] ?? NaN, future: chosen?.future ?? NaN, opened: chosen?.test ?? NaN }
  }

  render() {
    const { state } = this
    state.tried = clamp(Math.round(state.tried), 0, MOST)
    for (const name of ["validation", "test"]) state[name] = clamp(10 * Math.round(state[name] / 10), 20, 250)
    if (state.by !== "validation") state.by = "test"
    if (!(state.labels in this.names)) state.labels = "coin"
    const { validation, test, by, labels } = state, training = HERE - validation - test
    for (const [name, count] of Object.entries({ training, validation, test })) {
      const part = this.parts[["training", "validation", "test"].indexOf(name)]
      part.style.width = `${100 * count / HERE}%`
      part.textContent = count
    }
    this.sizes.textContent = `${training} for training, ${validation} for validation, ${test} for the test; and 400 that nobody can see, the future.`
    this.sliders.validation.set(validation)
    this.sliders.test.set(test)
    this.leak.checked = state.leak === 1
    this.wait.hidden = this.guessed
    this.board.hidden = this.controls.hidden = !this.guessed
    if (!this.guessed) return
    this.more.forEach((each, at) => {
      each.textContent = by === "test" ? ["Peek with one more model", "Ten more peeks"][at] : ["Try one more model", "Try ten more"][at]
      enable(each, state.tried < MOST)
    })
    enable(this.again, state.tried > 0)
    const { history, best, future, opened } = this.run(state), { tried } = state
    const guessing = labels === "coin" ? .5 : .1
    const series = key => history.map((score, at) => [at + 1, 100 * score[key]])
    const low = labels === "coin" ? 35 : 0, high = labels === "coin" && !state.leak ? 75 : 100
    const name = by === "test" ? "best test score" : "best validation score"
    chart(this.svg, {
      lines: tried ? [{ name, points: series(by), tone: 1, at: .5 }, { name: "the same model in the future", points: series("future"), tone: 0, at: 1 }] : [],
      x: { low: 1, high: MOST, label: "models tried", ticks: [1, 10, 20, 30, 40, 50, 60] }, y: { low, high, label: "right answers in percent" },
      levels: [{ y: 100 * guessing, name: "guessing" }],
      text: tried ? `After ${tried} models the ${name} is ${percent(best)}; the chosen model's accuracy in the future is ${percent(future)}.` : "No model has been tried.",
    })
    const gap = Math.round(100 * (best - future))
    this.counter.textContent = !tried ? "No model tried yet" : by === "test" ? `The test set was looked at ${tried} time${tried === 1 ? "" : "s"}` : `${tried} models compared; test opened once: ${percent(opened)}`
    this.story.textContent = !tried ? "Try the first one." : `${by === "test" ? "Reported" : "On the validation set"}: ${percent(best)}. In the future: ${percent(future)}. `
      + (by === "test" ? `The report is ${gap > 0 ? `${gap} points too good` : gap < 0 ? `${-gap} points too low` : "just right"}.` : `The test said ${percent(opened)}, ${Math.abs(Math.round(100 * (opened - future)))} points from the future.${state.leak ? "" : ` It took no part in the choice, so it is as often too low as too high; with ${test} questions luck is worth some points.`}`)
      + (state.leak ? " With the leak, three in ten exam pictures have a twin in training. Remembering is enough there, so both scores are too good." : "")
    this.speak(`${this.counter.textContent}. ${this.story.textContent}`)
  }
}

customElements.get("split-lab") ?? customElements.define("split-lab", SplitLab)
