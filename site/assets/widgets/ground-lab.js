// Lesson 3: the ground of an animal's picture, exchanged tile by tile, and what three networks answer; then the data curves.
import { Widget, button, choice, clamp, make, onArrows, percent, slider, unpack } from "./base.js"
import { chart, newChart } from "./chart.js"

const CUTS = [0, 11, 21, 32], SIDE = 32
const ROWS = ["upper", "middle", "lower"], COLUMNS = ["left", "middle", "right"]
const bits = mask => [...Array(9).keys()].filter(tile => mask >> tile & 1)

/** The mask with the fewest tiles for which `wrong(mask)` holds; among equals the first. null if there is none. */
export const fewest = wrong => [...Array(512).keys()].filter(wrong).sort((a, b) => bits(a).length - bits(b).length || a - b)[0] ?? null

class GroundLab extends Widget {
  static defaults = { animal: 0, tiles: 0, size: 0 }
  static signs = false

  build({ pictures, animals, networks, bunny, sizes, curves }) {
    Object.assign(this, { animals, networks, sizes, curves, bunny: unpack(bunny).data })
    this.looks = pictures.map(pair => pair.map(code => {
      const image = new Image()
      image.src = `data:image/webp;base64,${code}`
      image.decode().then(() => this.isConnected && this.drawPicture())
      return image
    }))
    this.canvas = make("canvas", { role: "img", width: 4 * SIDE, height: 4 * SIDE })
    this.tiles = Array.from({ length: 9 }, (_, tile) => {
      const each = button("", () => this.toggle(tile), { className: "g-tile" })
      each.addEventListener("pointerenter", event => event.buttons === 1 && event.pointerType === "mouse" && this.toggle(tile))
      return each
    })
    this.grid = make("div", { className: "g-grid", role: "group", "aria-label": "Nine tiles of ground; arrow keys move between them" }, this.canvas, ...this.tiles)
    onArrows(this.grid, (down, right) => {
      const at = this.tiles.indexOf(document.activeElement)
      if (at >= 0) this.tiles[3 * clamp(Math.floor(at / 3) + down, 0, 2) + clamp(at % 3 + right, 0, 2)].focus()
    })
    this.rows = networks.map(name => {
      const bar = make("i"), said = make("b")
      return { bar, said, row: make("li", {}, make("span", {}, name), make("span", { className: "d-track g-track" }, bar), said) }
    })
    this.story = make("p")

    const flip = fewest(mask => this.share(0, 0, mask) < .5)
    const needed = flip === null ? 10 : bits(flip).length
    this.flip = flip ?? 511
    const animal = animals[0]
    const names = animals.map((name, at) => [at, `${name} ${animals.slice(0, at + 1).filter(other => other === name).length}`])
    this.svg = newChart()
    this.curveStory = make("p")
    this.stage.append(
      this.ask(`The first network has seen each animal on its usual ground only. It calls this one “${animal}”. What is the smallest number of tiles that must get the other ground before it changes its mind?`,
        [["few", "one or two"], ["some", "three to five"], ["many", "six or more"], ["never", "it will not"]],
        guess => {
          const truth = needed > 9 ? "never" : needed <= 2 ? "few" : needed <= 5 ? "some" : "many"
          return { right: guess === truth, text: needed > 9 ? "No exchange of tiles changes its answer." : `${needed === 1 ? "One tile is" : `${needed} tiles are`} enough: the ${bits(flip).map(tile => this.nameOf(tile)).join(", ")}. Now it says ${this.answer(0, 0, flip)}, and not a pixel of the animal was touched. Compare the two other networks.` }
        }),
      make("div", { className: "w-columns" },
        make("figure", { className: "f-side" }, this.grid, make("figcaption", {}, "Choose a tile to exchange its ground.")),
        make("div", { className: "g-said" }, make("ol", { className: "d-bars g-bars", "aria-label": "What the three networks say" }, ...this.rows.map(({ row }) => row)), this.story)),
      make("div", { className: "w-row" },
        ...[["All usual", 0], ["All exchanged", 511], ["Only the lower row", 448], ["Only the upper row", 7]].map(([name, tiles]) => button(name, () => this.set({ tiles })))),
      choice("Animal", "animal", names, this.state.animal, animal => this.set({ animal, tiles: 0 })),
      make("h3", {}, "And with more pictures?"),
      make("p", {}, "The same network and recipe for two questions, measured on held-out pictures. Move the slider to train with more pictures of each class."),
      this.more = slider("Pictures of each class", { min: 0, max: sizes.length - 1, value: 0, said: at => String(sizes[at] ?? "") }, size => this.set({ size })),
      make("div", {}, this.svg), this.curveStory)
  }

  nameOf(tile) { return tile === 4 ? "one in the centre" : `${ROWS[Math.floor(tile / 3)]} ${COLUMNS[tile % 3]} one` }
  share(network, animal, mask) { return this.bunny[(network * this.animals.length + animal) * 512 + mask] / 255 }
  answer(network, animal, mask) {
    const share = this.share(network, animal, mask)
    return share >= .5 ? `bunny (${percent(share)})` : `elephant (${percent(1 - share)})`
  }
  toggle(tile) { this.set({ tiles: this.mask ^ 1 << tile }) }

  get mask() { return this.state.tiles }

  set(changes) { super.set(changes.guess && !this.state.tiles && !this.state.animal ? { ...changes, tiles: this.flip } : changes) }

  drawPicture() {
    const context = this.canvas.getContext("2d"), [usual, exchanged] = this.looks[this.state.animal]
    for (let tile = 0; tile < 9; tile++) {
      const image = this.mask >> tile & 1 ? exchanged : usual, [row, column] = [Math.floor(tile / 3), tile % 3]
      if (!image.complete || !image.naturalWidth) continue
      const [x, y, wide, high] = [CUTS[column], CUTS[row], CUTS[column + 1] - CUTS[column], CUTS[row + 1] - CUTS[row]].map(value => 4 * value)
      context.drawImage(image, x, y, wide, high, x, y, wide, high)
    }
  }

  render() {
    const { state, animals } = this
    state.animal = animals[state.animal] ? state.animal : 0
    state.tiles = clamp(Math.round(state.tiles), 0, 511)
    state.size = clamp(Math.round(state.size), 0, this.sizes.length - 1)
    const { mask } = this, animal = animals[state.animal], usual = animal === "bunny" ? "grass" : "sand", other = usual === "grass" ? "sand" : "grass"
    this.drawPicture()
    const changed = bits(mask)
    this.canvas.setAttribute("aria-label", `A drawing of ${animal === "elephant" ? "an" : "a"} ${animal}. ${changed.length ? `On ${other} instead of ${usual}: the ${changed.map(tile => this.nameOf(tile)).join(", ")}.` : `All around it is ${usual}.`}`)
    this.tiles.forEach((each, tile) => {
      const set = Boolean(mask >> tile & 1)
      each.setAttribute("aria-pressed", set)
      each.setAttribute("aria-label", `${this.nameOf(tile).replace(/ one$/, "").replace("one in the ", "")}: ${set ? other : usual}`)
    })
    this.rows.forEach(({ bar, said }, network) => {
      const share = this.share(network, state.animal, mask)
      bar.style.width = `${100 * Math.max(share, 1 - share)}%`  // how sure it is of what it says
      said.textContent = this.answer(network, state.animal, mask)
    })
    const wrong = this.networks.filter((_, network) => (this.share(network, state.animal, mask) >= .5 ? "bunny" : "elephant") !== animal)
    this.story.textContent = wrong.length === 0 ? `All three say ${animal}.` : wrong.length === 3 ? `All three are wrong about this ${animal}.`
      : `Wrong about this ${animal}: the network that has seen “${wrong.join("”, and the one that has seen “")}”.`

    this.more.set(state.size)
    const size = this.sizes[state.size], names = Object.keys(this.curves)
    const shown = name => this.curves[name].filter(([count]) => count <= size)
    const measured = names.filter(name => this.curves[name].some(([count]) => count === size))
    const text = `With ${size} pictures of each class: ${measured.map(name => `${name} ${percent(shown(name).at(-1)[1])}`).join(", ")}.`
    chart(this.svg, {
      lines: names.map((name, tone) => ({ name, tone, points: shown(name).map(([count, share]) => [count, 100 * share]), at: state.size > 2 ? .6 : 0 })).filter(line => line.points.length),
      x: { low: this.sizes[0], high: this.sizes.at(-1), log: true, ticks: this.sizes, label: "training pictures of each class" },
      y: { low: 40, high: 100, label: "right answers in percent" }, levels: [{ y: 50, name: "guessing" }], text })
    const doubled = measured.filter(name => shown(name).length > 1)
    const steps = doubled.length ? ` The last doubling brought ${doubled.map(name => `${Math.round(100 * (shown(name).at(-1)[1] - shown(name).at(-2)[1]))} points for ${name}`).join(", ")}.` : ""
    this.curveStory.textContent = text + steps
    this.speak(`${this.rows.map(({ said }, at) => `${this.networks[at]}: ${said.textContent}`).join("; ")}. ${this.story.textContent}`)
  }
}

customElements.get("ground-lab") ?? customElements.define("ground-lab", GroundLab)
