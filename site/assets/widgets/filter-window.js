// Lesson 1: a window of 3 × 3 pixels on a picture, its nine products, their sum, and the map of all sums.
import { Widget, button, cellAt, choice, clamp, make, onArrows, paint, random, say, unpack } from "./base.js"

export const KERNELS = {
  "SOBEL_Y": [-1, -2, -1, 0, 0, 0, 1, 2, 1],
  "SOBEL_X": [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  "all directions": [-1, -1, -1, -1, 8, -1, -1, -1, -1],
  "mean (blur)": Array(9).fill(1 / 9),
  "sharpen": [0, -1, 0, -1, 5, -1, 0, -1, 0],
}
const START = { row: 48, column: 41 }
const PADDINGS = [["valid", "no border (valid)"], ["same", "zeros (same)"], ["reflect", "mirror (reflect)"]]

/** The pixel at (row, column), which may lie outside: 0 with "same", mirrored without repeating the edge with "reflect". */
export const pixel = ({ data, shape: [rows, columns] }, row, column, padding) => {
  if (padding === "reflect") {
    const mirror = (at, side) => at < 0 ? -at : at >= side ? 2 * side - 2 - at : at
    return data[mirror(row, rows) * columns + mirror(column, columns)]
  }
  return row < 0 || column < 0 || row >= rows || column >= columns ? 0 : data[row * columns + column]
}

/** The nine pixels under a window whose centre lies at (row, column). */
export const patchAt = (picture, row, column, padding) =>
  Array.from({ length: 9 }, (_, place) => pixel(picture, row + Math.floor(place / 3) - 1, column + place % 3 - 1, padding))

const sum = (patch, kernel) => patch.reduce((total, value, place) => total + value * kernel[place], 0)

/** The response at every stop, as {data, shape}: two rows and columns smaller with "valid". */
export const convolve = (picture, kernel, padding) => {
  const off = padding === "valid" ? 1 : 0, [rows, columns] = picture.shape.map(side => side - 2 * off)
  const data = Float32Array.from({ length: rows * columns }, (_, at) =>
    sum(patchAt(picture, Math.floor(at / columns) + off, at % columns + off, padding), kernel))
  return { data, shape: [rows, columns] }
}

/** Which of three answers a sum is, compared with the largest that the kernel can give. */
export const kind = (total, kernel) => {
  const most = kernel.reduce((all, value) => all + Math.abs(value), 0) / 2 || 1
  return Math.abs(total) < .12 * most ? "zero" : total > 0 ? "positive" : "negative"
}
const WORDS = { positive: "clearly positive", zero: "about zero", negative: "clearly negative" }

class FilterWindow extends Widget {
  static defaults = { picture: "portrait", kernel: KERNELS.SOBEL_Y.join(), padding: "valid", ...START, round: 0 }

  build({ pictures, found }) {
    this.pictures = {}
    this.drawn = null
    for (const [name, packed] of Object.entries(pictures)) {
      const { data, shape } = unpack(packed)
      this.pictures[name] = { data: Float32Array.from(data, value => value / 255), shape }
    }
    if (this.own) this.pictures.own = this.own
    this.settle()
    this.presets = { ...KERNELS, "found by training": found.flat() }

    this.canvas = make("canvas", { role: "img" })
    this.frame = make("i", { className: "f-frame", "aria-hidden": "true" })
    this.pad = make("div", { className: "w-pad f-pad", tabIndex: 0, role: "application", "aria-label": "Picture. Arrow keys move the window, with Shift by five pixels." }, this.canvas, this.frame)
    onArrows(this.pad, (down, right) => this.move(this.state.row + down, this.state.column + right))
    const follow = event => this.move(...cellAt(event, this.pad, ...this.picture.shape))
    this.pad.addEventListener("pointerdown", event => {
      this.pad.setPointerCapture(event.pointerId)
      follow(event)
    })
    this.pad.addEventListener("pointermove", event => (event.buttons || this.hover.checked) && follow(event))
    this.hover = make("input", { type: "checkbox" })

    this.map = make("canvas", { role: "img" })
    this.mapFrame = make("i", { className: "f-frame f-dot", "aria-hidden": "true" })
    this.mapBox = make("div", { className: "w-pad f-pad" }, this.map, this.mapFrame)
    this.mapBox.addEventListener("pointerdown", event => {
      const off = this.off
      this.move(...cellAt(event, this.mapBox, ...this.picture.shape.map(side => side - 2 * off)).map(at => at + off))
    })

    this.cells = Array.from({ length: 9 }, (_, place) => {
      const input = make("input", { type: "number", step: "any", "aria-label": `Kernel, row ${Math.floor(place / 3) + 1}, column ${place % 3 + 1}`,
        onchange: () => {
          const kernel = this.kernel
          kernel[place] = clamp(Number(input.value) || 0, -99, 99)
          this.set({ kernel: kernel.map(value => Math.round(value * 1000) / 1000).join() })
        } })
      const pixelText = make("b"), product = make("em")
      return { input, pixelText, product, box: make("div", { className: "f-cell" }, pixelText, " × ", input, product) }
    })
    this.total = make("p", { className: "f-total" })
    this.where = make("p", { className: "w-note" })
    this.mapNote = make("figcaption")
    this.question = make("div")
    this.preset = make("select", { onchange: () => this.set({ kernel: this.presets[this.preset.value].join() }) },
      ...Object.keys(this.presets).map(name => make("option", { value: name }, name)), make("option", { value: "own", disabled: true }, "your own numbers"))

    const names = { portrait: "portrait", "upright line": "upright line", "lying line": "lying line", digit: "a digit" }
    if (this.own) names.own = "your picture"
    this.stage.append(
      this.question,
      make("div", { className: "w-columns" },
        make("figure", { className: "f-side" }, this.pad, make("figcaption", {}, "Click, touch or arrow keys move the window."),
          make("label", { className: "w-check" }, this.hover, "The window follows the mouse")),
        make("div", { className: "f-side" }, make("div", { className: "f-cells", role: "group", "aria-label": "Nine pixels times nine numbers of the kernel" },
          ...this.cells.map(cell => cell.box)), this.total, this.where),
        this.mapFigure = make("figure", { className: "f-side" }, this.mapBox, this.mapNote, this.mapLegend = this.legend("the kernel's opposite", "the kernel's pattern"))),
      make("div", { className: "w-row" }, make("label", { className: "w-slider" }, "Kernel ", this.preset)),
      choice("Border", "padding", PADDINGS, this.state.padding, padding => this.set({ padding })),
      choice("Picture", "picture", Object.entries(names), this.state.picture, picture => this.set({ picture })),
      make("label", { className: "w-file" }, "Your own picture, which stays in your browser: ",
        make("input", { type: "file", accept: "image/*", onchange: event => event.target.files[0] && this.takePicture(event.target.files[0]) })),
      this.trouble = make("p", { className: "w-problem", role: "alert" }))
    this.newQuestion()
  }

  get picture() { return this.pictures[this.state.picture] }
  get patch() { return patchAt(this.picture, this.state.row, this.state.column, this.state.padding) }
  get off() { return this.state.padding === "valid" ? 1 : 0 }
  get kernel() {
    const numbers = this.state.kernel.split(",").map(Number)
    return numbers.length === 9 && numbers.every(Number.isFinite) ? numbers : [...KERNELS.SOBEL_Y]
  }

  /** Keep the window on the picture, whatever an address asks for. */
  settle() {
    const { state } = this
    if (!this.pictures[state.picture]) state.picture = "portrait"
    if (!PADDINGS.some(([padding]) => padding === state.padding)) state.padding = "valid"
    const { off } = this, [rows, columns] = this.picture.shape
    state.row = clamp(Math.round(state.row), off, rows - 1 - off)
    state.column = clamp(Math.round(state.column), off, columns - 1 - off)
  }

  move(row, column) {
    const { off } = this, [rows, columns] = this.picture.shape
    row = clamp(row, off, rows - 1 - off)
    column = clamp(column, off, columns - 1 - off)
    if (row !== this.state.row || column !== this.state.column) this.set({ row, column })
  }

  newQuestion() {
    const first = this.state.round === 0
    const text = first
      ? "The window lies on the upper rim of her glasses: skin above, the dark rim below. SOBEL_Y asks whether it is brighter below than above. What will the sum be?"
      : "Look at the nine pixels and the nine numbers. What will the sum be?"
    const box = this.ask(text, Object.entries(WORDS), guess => {
      const [patch, kernel] = first ? [patchAt(this.pictures.portrait, START.row, START.column, "valid"), KERNELS.SOBEL_Y] : [this.patch, this.kernel]
      const total = sum(patch, kernel), is = kind(total, kernel)
      const why = first && is === "negative" ? " Darker below than above: the opposite of what the kernel asks for, and strongly." : ""
      return { right: guess === is, text: `The sum was ${say(total)}, ${WORDS[is]}.${why}` }
    })
    box.append(button("Ask me again, elsewhere", () => {
      const dice = random(this.state.round + 11), { off } = this, [rows, columns] = this.picture.shape
      const spot = [rows, columns].map(side => off + Math.floor(dice() * (side - 2 * off)))
      this.set({ round: this.state.round + 1, guess: "", row: spot[0], column: spot[1] })
      this.newQuestion()
      this.question.querySelector("button").focus()
    }))
    this.question.replaceChildren(box)
  }

  async takePicture(file) {
    this.trouble.textContent = ""
    try {
      const image = await createImageBitmap(file), scale = Math.min(1, 128 / Math.max(image.width, image.height))
      const canvas = make("canvas", { width: Math.max(3, Math.round(image.width * scale)), height: Math.max(3, Math.round(image.height * scale)) })
      const context = canvas.getContext("2d")
      context.fillStyle = "white"
      context.fillRect(0, 0, canvas.width, canvas.height)
      context.drawImage(image, 0, 0, canvas.width, canvas.height)
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
      const grey = Float32Array.from({ length: data.length / 4 }, (_, at) => (.2126 * data[4 * at] + .7152 * data[4 * at + 1] + .0722 * data[4 * at + 2]) / 255)
      this.own = { data: grey, shape: [canvas.height, canvas.width] }
      this.state.picture = "own"
      this.show(this.data)
      this.move(canvas.height >> 1, canvas.width >> 1)
    } catch { this.trouble.textContent = "This file is no picture that your browser can read. Try a JPEG or a PNG." }
  }

  render() {
    this.settle()
    const { picture, kernel, off, state, patch } = this, [rows, columns] = picture.shape, { row, column, padding } = state
    const total = sum(patch, kernel)

    paint(this.canvas, picture.data, rows, columns)
    this.canvas.setAttribute("aria-label", `The picture “${state.picture}”, ${rows} by ${columns} pixels; the window's centre is at row ${row}, column ${column}.`)
    Object.assign(this.frame.style, { left: `${(column - 1) / columns * 100}%`, top: `${(row - 1) / rows * 100}%`, width: `${300 / columns}%`, height: `${300 / rows}%` })

    this.cells.forEach(({ input, pixelText, product, box }, place) => {
      const value = patch[place] * kernel[place]
      pixelText.textContent = say(patch[place])
      if (document.activeElement !== input || Number(input.value) !== kernel[place]) input.value = Math.round(kernel[place] * 1000) / 1000
      product.textContent = this.guessed ? `= ${say(value)}` : "= ?"
      box.classList.toggle("f-minus", this.guessed && value < -.005)
      box.classList.toggle("f-plus", this.guessed && value > .005)
    })
    this.total.replaceChildren("Sum of the nine products: ", make("b", { className: "w-big" }, this.guessed ? say(total) : "?"))
    this.where.textContent = `Window at row ${row}, column ${column}. ${this.guessed ? "" : "Predict first; then the products and the response appear."}`
    const names = Object.keys(this.presets)
    this.preset.value = names.find(name => this.presets[name].map(value => Math.round(value * 1000)).join() === kernel.map(value => Math.round(value * 1000)).join()) ?? "own"

    this.mapFigure.hidden = !this.guessed
    if (!this.guessed) return
    const key = [state.picture, kernel, padding, this.palette, picture.data.length].join()
    if (key !== this.drawn) {
      const map = convolve(picture, kernel, padding)
      const most = Math.max(1e-9, ...Array.from(map.data, Math.abs)), plain = kernel.every(value => value >= 0)
      this.mapLegend.hidden = plain
      paint(this.map, map.data, ...map.shape, plain ? { limit: most } : { kind: "signed", limit: .75 * most, cell: map.shape[0] < 40 ? 8 : 3, palette: this.palette })
      this.mapNote.textContent = `The response: one number per stop, ${map.shape[0]} rows by ${map.shape[1]} columns.${padding === "valid" ? " The border is lost." : ""}`
      const positive = map.data.filter(value => value > .25 * most).length / map.data.length, negative = map.data.filter(value => value < -.25 * most).length / map.data.length
      this.mapText = `Response of ${this.preset.value === "own" ? "your kernel" : this.preset.value}: strong positive answers at ${Math.round(100 * positive)} percent of the stops, strong negative ones at ${Math.round(100 * negative)} percent, the rest near zero.`
      this.drawn = key
    }
    this.map.setAttribute("aria-label", this.mapText)
    const [high, wide] = [rows - 2 * off, columns - 2 * off]
    Object.assign(this.mapFrame.style, { left: `${(column - off) / wide * 100}%`, top: `${(row - off) / high * 100}%`, width: `${100 / wide}%`, height: `${100 / high}%` })
    this.speak(`Row ${row}, column ${column}: ${patch.map((value, place) => `${say(value)} times ${say(kernel[place])}`).filter((_, place) => kernel[place]).join(", ")}; sum ${say(total)}.`)
  }
}

customElements.get("filter-window") ?? customElements.define("filter-window", FilterWindow)
