// A line chart as SVG: axes with words, lines that differ in colour and dashes and carry their name.
const SVG = "http://www.w3.org/2000/svg"
const DASHES = ["", "6 4", "2 3"]

const element = (name, attributes, ...children) => {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

/** Round numbers that divide an axis from low to high. */
export const ticks = (low, high, most = 5) => {
  const raw = (high - low) / most || 1, power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(size => size >= raw - 1e-12)
  const found = []
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9; at++) found.push(Number((at * step).toPrecision(6)))
  return found
}

/** The value of a line at x, at its nearest point to the left. */
const valueAt = (points, x) => (points.findLast(([at]) => at <= x) ?? [])[1]

/** Fill `svg` (role img, aria-label `text`), as wide as its place.
 *  lines: [{name, points: [[x, y], …], dots, tone: 0 blue, 1 orange, 2 green}]; x and y: {low, high, label, log};
 *  levels: [{y, name}], thin lines across. */
export const chart = (svg, { lines, x, y, text, levels = [], height = 240 }) => {
  const width = Math.min(560, Math.max(250, svg.parentElement?.clientWidth || 420))
  const left = 44, right = 12, top = 26, bottom = 40
  const scale = ({ low, high, log }, from, to) => {
    const [a, b] = log ? [Math.log(low), Math.log(high)] : [low, high]
    return value => from + (to - from) * ((log ? Math.log(value) : value) - a) / (b - a || 1)
  }
  const px = scale(x, left, width - right), py = scale(y, height - bottom, top)
  const marks = axis => axis.ticks ?? ticks(axis.low, axis.high)
  svg.replaceChildren(
    element("path", { class: "w-axis", d: `M${left} ${top}V${height - bottom}H${width - right}` }),
    ...marks(y).map(value => element("text", { x: left - 6, y: py(value) + 4, "text-anchor": "end" }, (y.say ?? String)(value))),
    ...marks(x).map(value => element("text", { x: px(value), y: height - bottom + 16, "text-anchor": "middle" }, (x.say ?? String)(value))),
    element("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, x.label),
    element("text", { x: 2, y: 10 }, y.label),
    ...levels.map(({ y: at }) => element("path", { class: "w-axis", "stroke-dasharray": "1 4", d: `M${left} ${py(at)}H${width - right}` })),
    ...lines.flatMap(({ name, points, tone = 0, dots, at }) => {
      const colour = `var(--w-${["one", "two", "three"][tone]})`, inside = points.filter(([, value]) => Number.isFinite(value))
      const path = inside.map(([a, b], number) => `${number ? "L" : "M"}${px(a).toFixed(1)} ${py(Math.min(y.high, Math.max(y.low, b))).toFixed(1)}`).join("")
      const made = [element("path", { class: "w-line", d: path || "M0 0", stroke: colour, "stroke-dasharray": dots ? "" : DASHES[tone], style: dots ? "stroke:none" : "" })]
      if (dots || points.length === 1) made.push(...inside.map(([a, b]) => element("circle", { cx: px(a), cy: py(b), r: 4, fill: colour })))
      if (name && inside.length) {
        const [a, b] = inside[Math.round((at ?? 1) * (inside.length - 1))]
        const last = (at ?? 1) > .7 && px(a) - left > 7 * name.length
        const others = lines.filter(line => line.points !== points).map(line => valueAt(line.points, a)).filter(Number.isFinite)
        const below = others.length ? others.some(other => other > b || (other === b && tone === 1)) : tone === 1
        made.push(element("text", { x: px(a), y: py(Math.min(y.high, b)) + (below ? 16 : -7), "text-anchor": last ? "end" : "start", style: `fill:${colour};font-weight:600` }, name))
      }
      return made
    }),
    ...levels.map(({ y: at, name }) => element("text", { x: width - right, y: py(at) - 4, "text-anchor": "end" }, name)))
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
  svg.setAttribute("width", width)
  svg.setAttribute("role", "img")
  svg.setAttribute("class", "w-chart")
  svg.setAttribute("aria-label", text)
  return svg
}

export const newChart = () => element("svg", { role: "img" })
