// Lesson 5: logistic regression with two weights on real digits; its true loss surface, and walkers with three batch sizes.
import { Widget, button, choice, clamp, make, paint, random, say, slider, unpack } from "./base.js"
import { chart, newChart } from "./chart.js"

const START = [-2, 4.6], RANGE = { left: -3, right: 5, low: -2, high: 6 }, GRID = 72, BANDS = 16, HIGHEST = 2.4
const EPOCHS = 6, FARTHEST = 60, RATES = [.1, .3, 1, 3], CLOUD = 60

/** The mean loss at the weights over examples {features, eight, count}; `some` are their indices. */
export const lossAt = ({ features, eight, count }, [a, b], some = null) => {
  let total = 0
  const size = some ? some.length : count
  for (let n = 0; n < size; n++) {
    const at = some ? some[n] : n, score = a * features[2 * at] + b * features[2 * at + 1], margin = eight[at] ? score : -score
    total += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin)
  }
  return total / size
}

/** The gradient of that loss. */
export const gradientAt = ({ features, eight, count }, [a, b], some = null) => {
  const sum = [0, 0], size = some ? some.length : count
  for (let n = 0; n < size; n++) {
    const at = some ? some[n] : n, error = 1 / (1 + Math.exp(-(a * features[2 * at] + b * features[2 * at + 1]))) - (eight[at] ? 1 : 0)
    sum[0] += error * features[2 * at]
    sum[1] += error * features[2 * at + 1]
  }
  return sum.map(value => value / size)
}

/** The indices of one epoch, shuffled and cut; the last batch may be short. */
export const batches = (count, size, dice) => {
  const order = [...Array(count).keys()]
  for (let at = count - 1; at > 0; at--) {
    const other = Math.floor(dice() * (at + 1));
    [order[at], order[other]] = [order[other], order[at]]
  }
  return Array.from({ length: Math.ceil(count / size) }, (_, number) => order.slice(number * size, (number + 1) * size))
}

/** All places of a walk: [[a, b], …], the start first. */
export const walk = (examples, size, rate, epochs, seed) => {
  const path = [START], dice = random(seed)
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const batch of batches(examples.count, size, dice)) {
      const here = path.at(-1), slope = gradientAt(examples, here, size < examples.count ? batch : null)
      path.push([here[0] - rate * slope[0], here[1] - rate * slope[1]])
    }
  }
  return path
}

class BatchRace extends Widget {
  static defaults = { count: "epochs", far: 0, rate: 2, seed: 1, cloud: "none" }
  static ownRun = true
  static signs = false

  build({ features, eight, examples, seconds_per_epoch }) {
    const packed = unpack(features)
    this.examples = { features: packed.data, eight: unpack(eight).data, count: packed.shape[0] }
    const { count } = this.examples
    this.sizes = [1, 32, count]
    this.names = ["1 picture", "32 pictures", `all ${count}`]
    this.short = ["1", "32", "all"]
    // What an update costs: a price for the call and one for each picture, from the chapter's two extremes.
    const one = seconds_per_epoch[1] / examples, all = seconds_per_epoch[examples]
    const each = Math.max(0, (all - one) / (examples - 1))
    this.price = size => one + each * (size - 1)
    this.walks = new Map()

    const surface = new Float32Array(GRID * GRID).fill(0)
    for (let row = 0; row < GRID; row++) {
      for (let column = 0; column < GRID; column++) {
        const loss = lossAt(this.examples, [RANGE.left + (column + .5) / GRID * (RANGE.right - RANGE.left), RANGE.high - (row + .5) / GRID * (RANGE.high - RANGE.low)])
        surface[row * GRID + column] = loss
      }
    }
    const lowest = surface.reduce((least, loss) => Math.min(least, loss))
    const shade = loss => 1 - .6 * Math.floor(BANDS * Math.sqrt(Math.min(1, (loss - lowest) / (HIGHEST - lowest)))) / BANDS
    this.canvas = make("canvas", { "aria-hidden": "true" })
    paint(this.canvas, surface.map(shade), GRID, GRID)
    this.paths = newChart()
    this.map = make("div", { className: "b-map" }, this.canvas, this.paths)
    this.losses = newChart()
    this.table = make("tbody")
    this.story = make("p")
    this.playing = button("Play", () => this.timer ? this.stop() : this.play())
    this.far = slider("How far", { min: 0, max: FARTHEST, value: 0, said: value => this.amount(value) }, far => {
      this.stop()
      this.set({ far })
    })
    this.again = button("Another shuffle", () => this.set({ seed: 1 + this.state.seed % 9 }))
    this.stage.append(
      this.ask("Everybody walks for one epoch: each looks at all pictures once. Who stands lowest, at the smallest loss?",
        this.sizes.map((size, at) => [String(at), `batches of ${this.names[at]}`]),
        guess => {
          const ends = this.sizes.map((size, at) => lossAt(this.examples, this.walkOf(at, 1, 1)[Math.ceil(count / size)]))
          const best = ends.indexOf(Math.min(...ends))
          return { right: Number(guess) === best, text: `Batches of ${this.names[best]}. After one epoch the losses are ${ends.map((loss, at) => `${say(loss)} (${this.names[at]})`).join(", ")}. In one epoch they made ${this.sizes.map(size => Math.ceil(count / size)).join(", ")} updates. Now count in updates, or in seconds.` }
        }),
      make("div", { className: "w-columns" },
        make("figure", { className: "b-side" }, this.map, make("figcaption", {}, "Across: weight of the upper left, −3 to 5. Up: weight of the lower left, −2 to 6.")),
        this.side = make("div", { className: "b-more" }, make("div", {}, this.losses),
          make("table", {}, make("thead", {}, make("tr", {}, ...["Batch", "Updates", "Epochs", "Seconds", "Loss"].map(name => make("th", { scope: "col" }, name)))), this.table))),
      this.story,
      this.controls = make("div", {},
        make("div", { className: "w-row" }, this.far, this.playing, this.again),
        choice("Count in", "count", [["updates", "updates"], ["epochs", "epochs"], ["seconds", "seconds"]], this.state.count, counted => {
          this.stop()
          this.set({ count: counted })
        }),
        choice("Steps that other batches would take from here", "cloud", [["none", "hide"], ...this.sizes.map((_, at) => [String(at), this.names[at]])], this.state.cloud, cloud => this.set({ cloud })),
        slider("Learning rate", { min: 0, max: RATES.length - 1, value: this.state.rate, said: at => String(RATES[at] ?? "") }, rate => this.set({ rate })),
        make("p", { className: "w-note" }, "Seconds: what one update costs is taken from the chapter's measurement of the network in Keras. The step itself is the same mathematics as there.")))
  }

  set(changes) { super.set(changes.guess && !this.state.far ? { ...changes, far: FARTHEST / EPOCHS } : changes) }

  play() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.set({ far: FARTHEST })
    if (this.state.far >= FARTHEST) this.state.far = 0
    this.playing.textContent = "Pause"
    this.timer = setInterval(() => {
      this.set({ far: Math.min(FARTHEST, this.state.far + 1) })
      if (this.state.far >= FARTHEST) this.stop()
    }, 90)
  }

  stop() {
    clearInterval(this.timer)
    this.timer = null
    if (this.playing) this.playing.textContent = "Play"
  }

  disconnectedCallback() {
    super.disconnectedCallback()
    this.stop()
  }

  walkOf(at, seed = this.state.seed, epochs = EPOCHS) {
    const size = this.sizes[at], rate = RATES[this.state.rate] ?? 1, key = [at, rate, seed].join()
    // The same number of epochs for all; for "all" also as many updates as the others have in one epoch.
    const most = size === this.examples.count ? this.examples.count : EPOCHS
    if (!this.walks.has(key)) this.walks.set(key, walk(this.examples, size, rate, Math.max(most, epochs), seed))
    return this.walks.get(key)
  }

  /** How many updates each walker has made when the slider stands at `far`. */
  updates(far = this.state.far) {
    const { count } = this.examples, part = far / FARTHEST
    return this.sizes.map(size => {
      const steps = Math.ceil(count / size)
      if (this.state.count === "updates") return far
      if (this.state.count === "epochs") return Math.round(part * EPOCHS * steps)
      return Math.min(this.walkOf(this.sizes.indexOf(size)).length - 1, Math.floor(part * this.limit / this.price(size)))
    })
  }

  /** Seconds at the end of the slider: what the walker with single pictures needs for an epoch. */
  get limit() { return this.examples.count * this.price(1) }

  amount(far) {
    if (!this.examples) return ""
    if (this.state.count === "updates") return `${far} updates`
    if (this.state.count === "epochs") return `${say(far / FARTHEST * EPOCHS, 1)} epochs`
    return `${say(far / FARTHEST * this.limit, 2)} seconds`
  }

  render() {
    const { state, examples } = this, { count } = examples
    if (!["updates", "epochs", "seconds"].includes(state.count)) state.count = "epochs"
    state.rate = clamp(Math.round(state.rate), 0, RATES.length - 1)
    state.far = clamp(Math.round(state.far), 0, FARTHEST)
    this.side.hidden = this.controls.hidden = this.story.hidden = !this.guessed
    const made = this.updates(), places = this.sizes.map((_, at) => this.walkOf(at)[Math.min(made[at], this.walkOf(at).length - 1)])
    this.far.set(state.far)
    this.drawMap(made, places)
    if (!this.guessed) return

    const losses = places.map(place => lossAt(examples, place))
    this.table.replaceChildren(...this.sizes.map((size, at) => {
      const steps = Math.ceil(count / size)
      return make("tr", {}, make("th", { scope: "row" }, this.short[at]),
        ...[String(made[at]), say(made[at] / steps, 1), say(made[at] * this.price(size), 3), say(losses[at])].map(text => make("td", {}, text)))
    }))
    const unit = at => state.count === "updates" ? 1 : state.count === "epochs" ? 1 / Math.ceil(count / this.sizes[at]) : this.price(this.sizes[at])
    const high = state.count === "updates" ? FARTHEST : state.count === "epochs" ? EPOCHS : this.limit
    chart(this.losses, {
      lines: this.sizes.map((_, at) => {
        const path = this.walkOf(at).slice(0, made[at] + 1), stride = Math.max(1, Math.floor(path.length / 150))
        return { name: this.short[at], tone: at, at: 1, points: path.map((place, step) => [step, place]).filter(([step]) => step % stride === 0 || step === path.length - 1)
          .map(([step, place]) => [step * unit(at), lossAt(examples, place)]) }
      }),
      x: { low: 0, high, label: state.count }, y: { low: 0, high: 1.6, label: "loss of all pictures" }, height: 200,
      text: `Loss against ${state.count}. ${losses.map((loss, at) => `${this.names[at]}: ${say(loss)} after ${made[at]} updates`).join("; ")}.`,
    })
    const best = losses.indexOf(Math.min(...losses))
    const lowest = say(losses[best])
    this.story.textContent = `After ${this.amount(state.far)}: ${this.names.map((name, at) => `${name} ${say(losses[at])}${say(losses[at]) === lowest ? " (lowest)" : ""}`).join(", ")}.`
    if (!this.timer) this.speak(this.story.textContent)
  }

  drawMap(made, places) {
    const SVG = "http://www.w3.org/2000/svg", x = a => 300 * (a - RANGE.left) / (RANGE.right - RANGE.left), y = b => 300 * (RANGE.high - b) / (RANGE.high - RANGE.low)
    const draw = (name, attributes, text = "") => {
      const made = document.createElementNS(SVG, name)
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
      made.textContent = text
      return made
    }
    const parts = []
    const chosen = this.sizes[Number(this.state.cloud)]
    if (this.guessed && this.state.cloud !== "none" && chosen) {
      const at = Number(this.state.cloud), here = places[at], dice = random(77), rate = RATES[this.state.rate]
      for (let n = 0; n < CLOUD; n++) {
        const some = chosen === this.examples.count ? null : Array.from({ length: chosen }, () => Math.floor(dice() * this.examples.count))
        const slope = gradientAt(this.examples, here, some)
        parts.push(draw("circle", { cx: x(here[0] - rate * slope[0]), cy: y(here[1] - rate * slope[1]), r: 2.6, class: `b-dot b-${at}` }))
      }
    }
    this.sizes.forEach((_, at) => {
      const path = this.walkOf(at).slice(0, made[at] + 1)
      parts.push(draw("path", { class: `b-path b-${at}`, d: path.map(([a, b], step) => `${step ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("") }))
    })
    places.forEach(([a, b], at) => {
      const shape = [draw("circle", { cx: x(a), cy: y(b), r: 6 }), draw("rect", { x: x(a) - 6, y: y(b) - 6, width: 12, height: 12 }),
        draw("path", { d: `M${x(a)} ${y(b) - 8}l8 14h-16z` })][at]
      shape.setAttribute("class", `b-end b-${at}`)
      if (this.guessed) parts.push(shape, draw("text", { x: clamp(x(a), 20, 260), y: clamp(y(b) + [-11, 20, 24][at], 14, 296), class: `b-${at}` }, this.short[at]))
    })
    parts.push(draw("path", { d: `M${x(START[0]) - 7} ${y(START[1])}h14m-7 -7v14`, class: "b-start" }), draw("text", { x: x(START[0]) + 10, y: y(START[1]) - 8, class: "b-start-text" }, "start"))
    this.paths.replaceChildren(...parts)
    this.paths.setAttribute("viewBox", "0 0 300 300")
    this.paths.setAttribute("aria-label", "A map of the loss with one long valley. "
      + (this.guessed ? places.map(([a, b], at) => `The walker with ${this.names[at]} has made ${made[at]} updates and stands at ${say(a, 1)}, ${say(b, 1)}`).join("; ") + "." : "All three walkers stand at the start, high at the upper left; the valley lies at the right."))
  }
}

customElements.get("batch-race") ?? customElements.define("batch-race", BatchRace)
