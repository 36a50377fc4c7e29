// Lesson 7: drawings that the network never saw, as maps by depth, as neighbours in feature space, and a head to train.
import { Widget, button, choice, clamp, enable, make, paint, percent, slider, unpack } from "./base.js"
import { chart, newChart } from "./chart.js"

const COLUMNS = 15, NEAREST = 5, COUNTS = [1, 2, 5, 10], STEPS = 20, MOST = 160
const RATE = .5, MOMENTUM = .9, PENALTY = 1e-3

/** Rows of numbers with the training rows' mean taken away and one common spread. */
export const standardised = ({ data, shape: [count, width] }, training) => {
  const means = new Float64Array(width)
  for (let row = 0; row < training; row++) for (let at = 0; at < width; at++) means[at] += data[row * width + at] / training
  const rows = Array.from({ length: count }, (_, row) => Float64Array.from(data.subarray(row * width, (row + 1) * width), (value, at) => value - means[at]))
  const spread = Math.sqrt(rows.slice(0, training).reduce((sum, row) => sum + row.reduce((total, value) => total + value * value, 0), 0) / training) || 1
  return rows.map(row => row.map(value => value / spread))
}

/** The places of the `count` rows nearest to one row. */
export const nearest = (rows, wanted, count) => rows
  .map((row, place) => [place, row.reduce((sum, value, at) => sum + (value - wanted[at]) ** 2, 0)])
  .sort((a, b) => a[1] - b[1]).slice(0, count).map(([place]) => place)

/** A head: one score per class, a weighted sum of the numbers and a bias. All zeros at first. */
export const newHead = (width, classes) => ({ weights: Array.from({ length: classes }, () => new Float64Array(width + 1)), speed: Array.from({ length: classes }, () => new Float64Array(width + 1)) })

const scores = ({ weights }, row) => weights.map(own => {
  let sum = own[row.length]
  for (let at = 0; at < row.length; at++) sum += own[at] * row[at]
  return sum
})
export const shares = (head, row) => {
  const all = scores(head, row), largest = Math.max(...all), powers = all.map(score => Math.exp(score - largest)), total = powers.reduce((a, b) => a + b)
  return powers.map(power => power / total)
}
export const accuracy = (head, rows, labels) => rows.filter((row, at) => {
  const all = scores(head, row)
  return all.indexOf(Math.max(...all)) === labels[at]
}).length / rows.length

/** One step of gradient descent with momentum on the cross-entropy of all rows, with a small penalty. */
export const step = (head, rows, labels) => {
  const errors = rows.map((row, at) => shares(head, row).map((share, kind) => share - (labels[at] === kind ? 1 : 0)))
  head.weights.forEach((own, kind) => {
    const slope = Float64Array.from(own, weight => PENALTY * weight)
    rows.forEach((row, at) => {
      const error = errors[at][kind] / rows.length
      for (let place = 0; place < row.length; place++) slope[place] += error * row[place]
      slope[row.length] += error
    })
    slope.forEach((value, at) => {
      head.speed[kind][at] = MOMENTUM * head.speed[kind][at] - RATE * value
      own[at] += head.speed[kind][at]
    })
  })
}

class TransferLab extends Widget {
  static defaults = { picture: 0, depth: 0, seen: "features", count: 3, steps: 0 }
  static signs = false

  build({ kinds, train, test, thumb, sprite, features, pixels, shown, maps }) {
    Object.assign(this, { kinds, trainLabels: train, testLabels: test, thumb, shown })
    this.rows = { features: standardised(unpack(features), train.length), pixels: standardised(unpack(pixels), train.length) }
    this.maps = Object.entries(maps).map(([name, packed]) => ({ name, ...unpack(packed) }))
    this.heads = new Map()
    this.sheet = new Image()
    this.sheet.src = `data:image/webp;base64,${sprite}`
    this.sheet.decode().then(() => this.isConnected && this.drawPictures(), () => {})
    this.thumbs = []

    const found = ["features", "pixels"].map(kind => test.reduce((sum, label, at) => sum + this.neighbours(kind, at).filter(place => train[place] === label).length, 0) / test.length)
    this.tiles = shown.map((at, number) => {
      const input = make("input", { type: "radio", name: "widget-picture", className: "only-read", "aria-label": `${kinds[test[at]]} ${1 + shown.slice(0, number).filter(other => test[other] === test[at]).length}`, onchange: () => this.set({ picture: number }) })
      return { input, label: make("label", { className: "d-neuron t-tile" }, input, this.picture(train.length + at, "")) }
    })
    this.canvases = Array.from({ length: this.maps[0].shape[1] }, () => make("canvas", { role: "img" }))
    this.mapNote = make("p", { className: "w-note" })
    this.lists = ["features", "pixels"].map(() => make("ul", { className: "t-row" }))
    this.found = make("p")
    this.svg = newChart()
    this.trained = make("p")
    this.more = button(`Train ${STEPS} steps`, () => this.set({ steps: Math.min(MOST, this.state.steps + STEPS) }))
    this.stage.append(
      this.ask(`Every drawing becomes 256 numbers in a network that was never shown these six kinds. For each of ${test.length} test pictures we look up the five nearest of the sixty training pictures. How many of the five are of the same kind, on average? Chance gives 0.8.`,
        [["1", "about 1"], ["2", "about 2"], ["4", "3 or more"]],
        guess => {
          const truth = found[0] >= 2.5 ? "4" : found[0] >= 1.5 ? "2" : "1"
          return { right: guess === truth, text: `${found[0].toFixed(1)} of five. By coarse pixels it is ${found[1].toFixed(1)}: there, pictures with a similar ground and light are near. The numbers were learned on other animals, and still they put the same kind together.` }
        }),
      make("fieldset", {}, make("legend", {}, "A drawing that the network has never seen"), make("div", { className: "d-neurons t-tiles" }, ...this.tiles.map(({ label }) => label))),
      make("h3", {}, "Its maps, by depth"),
      choice("Depth", "depth", this.maps.map(({ name }, at) => [at, name]), this.state.depth, depth => this.set({ depth })),
      make("div", { className: "t-maps" }, ...this.canvases), this.mapNote,
      make("h3", {}, "Its nearest neighbours"),
      this.neighbourhood = make("div", {}, make("p", { className: "t-head" }, "By the 256 features"), this.lists[0], make("p", { className: "t-head" }, "By pixels"), this.lists[1], this.found),
      this.wait = make("p", { className: "w-note" }, "Predict first; then they appear."),
      make("h3", {}, "A head, trained here"),
      choice("It sees", "seen", [["features", "256 features"], ["pixels", "192 coarse pixels"]], this.state.seen, seen => this.set({ seen })),
      this.count = slider("Training pictures of each kind", { min: 0, max: COUNTS.length - 1, value: this.state.count, said: at => String(COUNTS[at] ?? "") }, count => this.set({ count })),
      make("div", { className: "w-row" }, this.more, button("Forget", () => this.set({ steps: 0 }))),
      make("div", {}, this.svg), this.trained)
  }

  neighbours(kind, at) {
    const rows = this.rows[kind], training = this.trainLabels.length
    return nearest(rows.slice(0, training), rows[training + at], NEAREST)
  }

  /** A small canvas with one picture of the sheet, described by `label`; an empty one is decoration. */
  picture(place, label) {
    const canvas = make("canvas", { width: this.thumb, height: this.thumb, ...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" }) })
    canvas.place = place
    this.thumbs.push(canvas)
    this.drawPicture(canvas)
    return canvas
  }

  drawPicture(canvas) {
    const { thumb, sheet } = this
    if (sheet.naturalWidth) canvas.getContext("2d").drawImage(sheet, canvas.place % COLUMNS * thumb, Math.floor(canvas.place / COLUMNS) * thumb, thumb, thumb, 0, 0, thumb, thumb)
  }

  drawPictures() { this.thumbs.forEach(canvas => this.drawPicture(canvas)) }

  /** The head's history for these choices: after each five steps [step, training accuracy, test accuracy]. */
  train(seen, count, steps) {
    const key = [seen, count].join()
    if (!this.heads.has(key)) this.heads.set(key, { head: newHead(this.rows[seen][0].length, this.kinds.length), history: [], done: 0 })
    const run = this.heads.get(key), training = this.trainLabels.length, rank = {}
    const chosen = [...Array(training).keys()].filter(at => {
      const kind = this.trainLabels[at]
      rank[kind] = (rank[kind] ?? 0) + 1
      return rank[kind] <= count
    })
    const rows = chosen.map(at => this.rows[seen][at]), labels = chosen.map(at => this.trainLabels[at])
    const note = () => run.history.push([run.done, accuracy(run.head, rows, labels), accuracy(run.head, this.rows[seen].slice(training), this.testLabels)])
    if (!run.history.length) note()
    while (run.done < steps) {
      step(run.head, rows, labels)
      if (++run.done % 5 === 0) note()
    }
    return run.history.filter(([at]) => at <= steps)
  }

  render() {
    const { state, kinds } = this
    state.picture = this.shown[state.picture] === undefined ? 0 : state.picture
    state.depth = this.maps[state.depth] ? state.depth : 0
    state.count = clamp(Math.round(state.count), 0, COUNTS.length - 1)
    state.steps = clamp(10 * Math.round(state.steps / 10), 0, MOST)
    if (!(state.seen in this.rows)) state.seen = "features"
    const at = this.shown[state.picture], name = kinds[this.testLabels[at]]
    this.tiles.forEach(({ input, label }, number) => {
      input.checked = number === state.picture
      label.classList.toggle("d-chosen", number === state.picture)
    })

    const { data, shape: [, channels, rows, columns], name: depth } = this.maps[state.depth], size = rows * columns
    this.canvases.forEach((canvas, channel) => {
      const from = (state.picture * channels + channel) * size, map = data.subarray(from, from + size)
      paint(canvas, map, rows, columns, { limit: 255 })
      const loudest = map.indexOf(Math.max(...map)), place = [Math.floor(loudest / columns) / rows, loudest % columns / columns]
      canvas.setAttribute("aria-label", `Map ${channel + 1} at ${depth}, ${rows} by ${columns}: it answers most strongly at the ${place[0] < .34 ? "top" : place[0] < .67 ? "middle" : "bottom"} ${place[1] < .34 ? "left" : place[1] < .67 ? "centre" : "right"}, and in ${percent(map.filter(value => value > 128).length / size)} of all places.`)
    })
    this.mapNote.textContent = `${depth}: the ${channels} liveliest maps of this ${name}, ${rows} × ${columns} numbers each. White is a strong answer. ${rows > 20 ? "The outline can still be seen." : rows > 5 ? "Places get coarse; what is there counts more than where." : "Hardly any place is left: each number answers for a large part of the picture."}`

    this.neighbourhood.hidden = !this.guessed
    this.wait.hidden = this.guessed
    if (this.guessed) {
      this.thumbs = this.thumbs.filter(canvas => canvas.isConnected)
      const same = ["features", "pixels"].map((kind, list) => {
        const places = this.neighbours(kind, at)
        this.lists[list].replaceChildren(...places.map(place => {
          const other = kinds[this.trainLabels[place]]
          return make("li", { className: other === name ? "t-same" : "" }, this.picture(place, ""), `${other === name ? "✓ " : ""}${other}`)
        }))
        return places.filter(place => kinds[this.trainLabels[place]] === name).length
      })
      this.found.textContent = `Of the five, ${same[0]} by features and ${same[1]} by pixels are of the kind ${name}.`
    }

    this.count.set(state.count)
    enable(this.more, state.steps < MOST)
    const count = COUNTS[state.count], history = this.train(state.seen, count, state.steps), [, train, test] = history.at(-1)
    const other = state.seen === "features" ? "pixels" : "features"
    const beside = this.train(other, count, state.steps) // the comparison is the point, so nobody has to switch back and forth for it
    const text = state.steps ? `After ${state.steps} steps on ${count} picture${count > 1 ? "s" : ""} of each kind: ${percent(train)} right on them, ${percent(test)} on the ${this.testLabels.length} test pictures (by ${other}: ${percent(beside.at(-1)[2])}). Guessing gives ${percent(1 / kinds.length)}.`
      : "Not trained yet: all weights are 0."
    const line = (name, run, column, tone) => ({ name: state.steps ? name : "", tone, points: run.map(moment => [moment[0], 100 * moment[column]]) })
    chart(this.svg, {
      lines: [line("training pictures", history, 1, 1), line("test pictures", history, 2, 0), line(`test, by ${other}`, beside, 2, 2)],
      x: { low: 0, high: MOST, label: "steps" }, y: { low: 0, high: 100, label: "right answers in percent" }, levels: [{ y: 100 / kinds.length, name: "guessing" }], height: 220, text })
    this.trained.textContent = text
    this.speak(`${name}. ${this.mapNote.textContent} ${this.guessed ? this.found.textContent : ""} ${text}`)
  }
}

customElements.get("transfer-lab") ?? customElements.define("transfer-lab", TransferLab)
