// Lesson 2: the chapter's network of 784, 30 and 10 numbers runs in the page, on a digit that the reader draws.
import { Widget, button, cellAt, choice, clamp, make, onArrows, paint, percent, random, say, unpack } from "./base.js"

const SIDE = 28, PIXELS = SIDE * SIDE, SHIFT = 3
const LETTERS = "0123456789abcdef"
const REGIONS = ["top left", "top", "top right", "left", "centre", "right", "bottom left", "bottom", "bottom right"]

/** The four arrays of a network: weights to the hidden neurons, their biases, weights to the outputs, their biases. */
export const readNetwork = packed => {
  const arrays = packed.map(unpack), hidden = arrays[1].data.length
  const sizes = [PIXELS * hidden, hidden, hidden * 10, 10]
  if (arrays.length !== 4 || arrays.some(({ data }, at) => data.length !== sizes[at])) throw new Error("no network of 784, n and 10")
  const [toHidden, hiddenBias, toOutput, outputBias] = arrays.map(array => array.data)
  return { hidden, toHidden, hiddenBias, toOutput, outputBias }
}

/** What each hidden neuron calls out, and the ten shares, for 784 pixels from 0 to 1. */
export const forward = ({ hidden, toHidden, hiddenBias, toOutput, outputBias }, pixels) => {
  const sums = Float64Array.from(hiddenBias), outputs = Float64Array.from(outputBias)
  pixels.forEach((ink, pixel) => {
    if (ink) for (let neuron = 0; neuron < hidden; neuron++) sums[neuron] += ink * toHidden[pixel * hidden + neuron]
  })
  const called = sums.map(sum => 1 / (1 + Math.exp(-sum)))
  called.forEach((call, neuron) => outputs.forEach((_, digit) => { outputs[digit] += call * toOutput[neuron * 10 + digit] }))
  const largest = Math.max(...outputs), powers = outputs.map(output => Math.exp(output - largest))
  const total = powers.reduce((sum, power) => sum + power)
  return { sums, called, shares: powers.map(power => power / total) }
}

/** A neuron's weights as a picture of 28 × 28. */
export const weightImage = ({ hidden, toHidden }, neuron) => Float32Array.from({ length: PIXELS }, (_, pixel) => toHidden[pixel * hidden + neuron])

/** In words where a signed picture is most positive and most negative. */
export const describeMap = map => {
  const sums = Array(9).fill(0)
  map.forEach((value, at) => { sums[3 * Math.floor(Math.floor(at / SIDE) / 9.34) + Math.floor(at % SIDE / 9.34)] += value })
  const place = value => REGIONS[sums.indexOf(value)]
  return `likes ink most at the ${place(Math.max(...sums))}, dislikes it most at the ${place(Math.min(...sums))}`
}

const moved = (pixels, down, right) => pixels.map((_, at) => {
  const row = Math.floor(at / SIDE) - down, column = at % SIDE - right
  return row < 0 || column < 0 || row >= SIDE || column >= SIDE ? 0 : pixels[row * SIDE + column]
})
const order = (() => {
  const dice = random(2), places = [...Array(PIXELS).keys()]
  for (let at = PIXELS - 1; at > 0; at--) {
    const other = Math.floor(dice() * (at + 1));
    [places[at], places[other]] = [places[other], places[at]]
  }
  return places
})()
/** The buttons: each makes 784 pixels of 784 pixels. */
export const CHANGES = {
  "← Left": pixels => moved(pixels, 0, -1), "→ Right": pixels => moved(pixels, 0, 1),
  "↑ Up": pixels => moved(pixels, -1, 0), "↓ Down": pixels => moved(pixels, 1, 0),
  Thicken: pixels => pixels.map((_, at) => Math.max(...[[0, 0], [0, 1], [1, 0], [0, -1], [-1, 0]].map(step => moved(pixels, ...step)[at]))),
  Invert: pixels => pixels.map(ink => 1 - ink),
  Scramble: pixels => pixels.map((_, at) => pixels[order[at]]),
  Clear: pixels => pixels.map(() => 0),
}

class DigitNetwork extends Widget {
  static defaults = { digit: -1, ink: "", neuron: -1, network: "first" }
  static ownRun = true

  build({ networks, digits, start, digits_from }) {
    this.networks = Object.fromEntries(Object.entries(networks).map(([name, packed]) => [name, readNetwork(packed)]))
    this.digits = unpack(digits)
    this.first = start
    this.cursor = [14, 14]
    this.painted = null

    this.canvas = make("canvas", { role: "img" })
    this.point = make("i", { className: "f-frame d-point", "aria-hidden": "true" })
    this.pad = make("div", { className: "w-pad d-pad", tabIndex: 0, role: "application",
      "aria-label": "Drawing, 28 by 28 pixels. Arrow keys move, Space draws, Backspace erases." }, this.canvas, this.point)
    onArrows(this.pad, (down, right) => {
      this.cursor = [clamp(this.cursor[0] + down, 0, SIDE - 1), clamp(this.cursor[1] + right, 0, SIDE - 1)]
      this.placeCursor()
      this.speak(`Row ${this.cursor[0]}, column ${this.cursor[1]}, ${this.pixels[this.cursor[0] * SIDE + this.cursor[1]] > .5 ? "ink" : "paper"}.`)
    })
    this.pad.addEventListener("keydown", event => {
      if (event.key !== " " && event.key !== "Backspace" && event.key !== "Delete") return
      event.preventDefault()
      this.draw(...this.cursor, event.key === " ")
    })
    const stroke = event => {
      const [row, column] = cellAt(event, this.canvas, SIDE, SIDE)
      this.cursor = [row, column]
      this.draw(row, column, !this.eraser.checked)
    }
    this.pad.addEventListener("pointerdown", event => {
      this.pad.setPointerCapture(event.pointerId)
      stroke(event)
    })
    this.pad.addEventListener("pointermove", event => event.buttons && stroke(event))
    this.eraser = make("input", { type: "checkbox" })

    this.bars = Array.from({ length: 10 }, () => ({ bar: make("i"), share: make("span") }))
    this.reading = make("p", { className: "w-big" })
    const answer = make("div", { className: "d-answer" }, this.reading,
      make("ol", { className: "d-bars", "aria-label": "Shares of the ten digits" },
        ...this.bars.map(({ bar, share }, digit) => make("li", {}, make("b", {}, String(digit)), make("span", { className: "d-track" }, bar), share))))

    const { hidden } = this.network
    this.neurons = Array.from({ length: hidden }, (_, neuron) => {
      const canvas = make("canvas", { "aria-hidden": "true" }), bar = make("i"), mark = make("b")
      const input = make("input", { type: "radio", name: "widget-neuron", className: "only-read", onchange: () => this.set({ neuron }) })
      return { canvas, bar, mark, input, label: make("label", { className: "d-neuron" }, input, canvas, make("span", { className: "d-track" }, bar), mark) }
    })
    this.maps = ["weights", "× drawing", "= products"].map(title => ({ title, canvas: make("canvas", { role: "img" }) }))
    this.story = make("p")
    this.detail = make("div", { className: "d-detail" },
      make("div", { className: "w-columns" }, ...this.maps.map(({ title, canvas }) => make("figure", { className: "d-map" }, canvas, make("figcaption", {}, title)))),
      this.story)

    const first = this.first
    const reading = ({ shares }) => shares.indexOf(Math.max(...shares))
    const still = forward(this.network, this.preset(first)), then = forward(this.network, this.far(first))
    const said = reading(then), sure = then.shares[said] > .5
    this.stage.append(
      this.ask(`The network reads this ${first} and gives it ${percent(still.shares[first])}. Now it moves ${SHIFT} pixels to the right. Nothing else changes. What will the network say?`,
        [["same", `still ${first}`], ["unsure", "it will be unsure, no digit over 50 %"], ["other", "another digit, over 50 %"]],
        guess => {
          const truth = said === first ? "same" : sure ? "other" : "unsure"
          return { right: guess === truth, text: `${said === first ? "Still" : "It now says"} ${said}, with ${percent(then.shares[said])}. The digit moved, the weights did not: each pixel of ink now lies on other weights. Try the arrows below: how far can you move it?` }
        }),
      make("div", { className: "w-columns" },
        make("figure", { className: "d-side" }, this.pad, make("figcaption", {}, "Draw by mouse or touch; or with arrow keys, Space and Backspace."),
          make("label", { className: "w-check" }, this.eraser, "Erase")),
        answer),
      make("div", { className: "w-row", role: "group", "aria-label": "An unseen digit" },
        ...Array.from({ length: 10 }, (_, digit) => button(String(digit), () => this.set({ digit, ink: "" }), { "aria-label": `A ${digit} from ${digits_from}` }))),
      make("div", { className: "w-row d-changes", role: "group", "aria-label": "Change the drawing" },
        ...Object.entries(CHANGES).map(([name, change]) => button(name, () => this.keep(change(this.pixels))))),
      this.legend("dislikes ink here", "likes ink here"),
      make("fieldset", {}, this.about = make("legend"), make("div", { className: "d-neurons" }, ...this.neurons.map(({ label }) => label))),
      this.detail,
      choice("Network", "network", [["first", "as in the chapter's pictures"], ["smooth", "smooth: scaled start and L2 (later in this chapter)"]], this.state.network,
        network => this.set({ network })))
  }

  get network() { return this.networks[this.state.network] ?? this.networks.first }
  get digit() { return this.state.digit in Array(10).fill(0) ? this.state.digit : this.first }
  preset(digit) { return Array.from(this.digits.data.subarray(digit * PIXELS, (digit + 1) * PIXELS), ink => ink / 15) }
  far(digit) { return moved(this.preset(digit), 0, SHIFT) }

  get pixels() {
    if (this.state.ink.length === PIXELS) return Array.from(this.state.ink, letter => Math.max(0, LETTERS.indexOf(letter)) / 15)
    return this.state.digit < 0 && this.guessed ? this.far(this.digit) : this.preset(this.digit)
  }

  /** Ink in 16 steps, one letter for each pixel. */
  keep(pixels) { this.set({ ink: pixels.map(ink => LETTERS[Math.round(15 * clamp(ink, 0, 1))]).join("") }) }

  draw(row, column, ink) {
    const pixels = this.pixels
    for (let down = -1; down <= 1; down++) {
      for (let right = -1; right <= 1; right++) {
        const [y, x] = [row + down, column + right], at = y * SIDE + x, strength = down && right ? .25 : down || right ? .6 : 1
        if (y < 0 || x < 0 || y >= SIDE || x >= SIDE) continue
        pixels[at] = ink ? Math.max(pixels[at], strength) : Math.min(pixels[at], 1 - strength)
      }
    }
    this.keep(pixels)
  }

  placeCursor() { Object.assign(this.point.style, { left: `${this.cursor[1] / SIDE * 100}%`, top: `${this.cursor[0] / SIDE * 100}%` }) }

  render() {
    const { network, palette } = this, pixels = this.pixels, { sums, called, shares } = forward(network, pixels)
    const answer = shares.indexOf(Math.max(...shares))
    paint(this.canvas, pixels, SIDE, SIDE, { kind: "ink" })
    this.placeCursor()
    const inked = pixels.filter(ink => ink > .3).length
    this.canvas.setAttribute("aria-label", `A drawing with ink on ${inked} of 784 pixels; it ${describeMap(pixels.map(ink => ink - .1)).replace(/likes ink most at the (.*), dis.*/, "has most ink at the $1")}.`)
    this.reading.textContent = `It reads: ${answer} (${percent(shares[answer])})`
    this.bars.forEach(({ bar, share }, digit) => {
      bar.style.width = `${100 * shares[digit]}%`
      share.textContent = percent(shares[digit])
      bar.parentElement.parentElement.className = digit === answer ? "d-best" : ""
    })

    const votes = Array.from({ length: network.hidden }, (_, neuron) => network.toOutput[neuron * 10 + answer])
    const ranked = [...votes.keys()].sort((a, b) => votes[b] - votes[a]), liked = ranked.slice(0, 5), disliked = ranked.slice(-5).reverse()
    const strength = Array.from(network.toHidden, Math.abs).sort((a, b) => a - b), limit = strength[Math.floor(.995 * strength.length)]
    const chosen = this.state.neuron in this.neurons ? this.state.neuron : liked[0]
    this.about.textContent = `${network.hidden} hidden neurons. + marks the five that speak most for a ${answer}, − the five that speak most against it.`
    const repaint = [this.state.network, palette].join() !== this.painted
    this.painted = [this.state.network, palette].join()
    this.neurons.forEach(({ canvas, bar, mark, input, label }, neuron) => {
      if (repaint) paint(canvas, weightImage(network, neuron), SIDE, SIDE, { kind: "signed", limit, cell: 2, palette })
      bar.style.width = `${100 * called[neuron]}%`
      mark.textContent = liked.includes(neuron) ? "+" : disliked.includes(neuron) ? "−" : ""
      input.checked = neuron === chosen
      label.classList.toggle("d-chosen", neuron === chosen)
      const role = liked.includes(neuron) ? `, speaks for ${answer}` : disliked.includes(neuron) ? `, speaks against ${answer}` : ""
      input.setAttribute("aria-label", `Neuron ${neuron}: ${describeMap(weightImage(network, neuron))}; calls ${say(called[neuron])}${role}`)
    })

    const weights = weightImage(network, chosen), products = weights.map((weight, at) => weight * pixels[at])
    paint(this.maps[0].canvas, weights, SIDE, SIDE, { kind: "signed", limit, cell: 5, palette })
    paint(this.maps[1].canvas, pixels, SIDE, SIDE, { kind: "ink", cell: 5 })
    paint(this.maps[2].canvas, products, SIDE, SIDE, { kind: "signed", limit, cell: 5, palette })
    const bias = network.hiddenBias[chosen], sum = sums[chosen] - bias
    this.maps[0].canvas.setAttribute("aria-label", `Weights of neuron ${chosen}: ${describeMap(weights)}.`)
    this.maps[1].canvas.setAttribute("aria-label", "The same drawing, before the multiplication.")
    const [plus, minus] = [1, -1].map(sign => products.reduce((total, value) => total + Math.max(0, sign * value), 0))
    this.maps[2].canvas.setAttribute("aria-label", `Products of neuron ${chosen}: the positive ones add up to ${say(plus)}, the negative ones to −${say(minus)}.`)
    this.story.textContent = `Neuron ${chosen}: its 784 products add up to ${say(sum)}, its bias is ${say(bias)}, so it calls ${say(called[chosen])}. `
      + `For a ${answer} this counts ${say(votes[chosen])} × ${say(called[chosen])} = ${say(votes[chosen] * called[chosen])}.`
    this.speak(`The network reads ${answer} with ${percent(shares[answer])}. ${this.story.textContent}`)
  }
}

customElements.get("digit-network") ?? customElements.define("digit-network", DigitNetwork)
