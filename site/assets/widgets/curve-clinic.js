// Lesson 6: recorded runs as patients. What is wrong, what caused it, what helps; then the remedy's real run.
import { Widget, button, clamp, make, percent, random, say } from "./base.js"
import { chart, newChart } from "./chart.js"

const DIAGNOSES = ["underfitting", "overfitting", "good fit", "diverging", "not learning"]

const finite = values => values.filter(value => value !== null)

/** The order of the round: an overfitting run first, then all others, mixed but always in the same way. */
export const order = runs => {
  const places = [...runs.keys()], dice = random(12)
  for (let at = places.length - 1; at > 0; at--) {
    const other = Math.floor(dice() * (at + 1));
    [places[at], places[other]] = [places[other], places[at]]
  }
  const first = places.findIndex(place => runs[place].diagnosis === "overfitting")
  return [places[first], ...places.filter((_, at) => at !== first)]
}

/** The right answer among `count` choices, in an order that does not give it away, and without those that
 *  begin like it ("few pictures …"): both could be true. */
export const choices = (right, all, count, seed) => {
  const start = text => text.replace(/,/g, "").split(" ").slice(0, 2).join(" ")
  const dice = random(seed), others = all.filter(one => one !== right && (start(one) !== start(right) || one.startsWith("the ")))
  while (others.length > count - 1) others.splice(Math.floor(dice() * others.length), 1)
  others.splice(Math.floor(dice() * (others.length + 1)), 0, right)
  return others
}

/** What can be read off a chart, in words with its numbers. */
export const evidence = run => {
  const loss = finite(run.loss), held = finite(run.val_loss), nothing = Math.log(run.classes)
  if (!loss.length || !held.length) return "The loss is no finite number from the first epoch on."
  const low = Math.min(...held), turn = run.val_loss.indexOf(low) + 1, [end, heldEnd] = [loss.at(-1), held.at(-1)]
  return {
    "underfitting": `Both lines stay close together, and high: training ends at ${say(end)}, and knowing nothing costs ${say(nothing)}.`,
    "overfitting": `Training falls to ${say(end)}. Validation is best in epoch ${turn} (${say(low)}) and then turns up, to ${say(heldEnd)}.`,
    "good fit": `Both lines are low and close in the end: ${say(end)} and ${say(heldEnd)}.`,
    "diverging": `The training loss ends at ${say(end)}, far above the ${say(nothing)} of knowing nothing. The steps throw it about.`,
    "not learning": `Validation never gets clearly below ${say(nothing)}, the loss of knowing nothing: its best is ${say(low)}.`,
  }[run.diagnosis]
}

class CurveClinic extends Widget {
  static defaults = { patient: 0, cause: "", remedy: "" }
  static ownRun = true
  static signs = false

  build({ runs, remedies }) {
    Object.assign(this, { runs, remedies, order: order(runs) })
    this.tally ??= new Map()
    this.svg = newChart()
    this.caption = make("figcaption")
    this.healthy = newChart()
    this.healthyNote = make("figcaption")
    this.steps = make("div")
    this.score = make("p", { className: "w-note" })
    this.heading = make("p", { className: "w-big", tabIndex: -1 })
    this.stage.append(this.heading,
      make("div", { className: "w-columns" }, make("figure", { className: "c-chart" }, this.svg, this.caption),
        this.remedyFigure = make("figure", { className: "c-chart" }, this.healthy, this.healthyNote)),
      this.steps,
      make("div", { className: "w-row" }, button("Previous patient", () => this.go(-1)), button("Next patient", () => this.go(1))), this.score)
    this.asked = null
  }

  get place() { return this.order[this.state.patient] }

  go(step) {
    this.set({ patient: (this.state.patient + step + this.order.length) % this.order.length, guess: "", cause: "", remedy: "" })
    this.heading.focus()
  }

  questions() {
    const run = this.runs[this.place], causes = Object.keys(this.remedies), boxes = []
    const note = (step, right) => {
      const key = `${this.place} ${step}`
      if (!this.tally.has(key)) this.tally.set(key, right)
    }
    boxes.push(this.ask("What is wrong with this run?", DIAGNOSES.map(name => [name, name]), guess => {
      const right = guess === run.diagnosis
      note("diagnosis", right)
      return { right, text: `It is ${run.diagnosis === "good fit" ? "a good fit" : run.diagnosis}. ${evidence(run)}${run.remedy === null ? " Nothing to mend: open the test set, once." : ""}` }
    }))
    if (run.remedy !== null && this.state.guess) {
      boxes.push(this.ask("Which of these had been done to it?", choices(run.cause, causes, 3, this.place).map(cause => [cause, cause]), guess => {
        note("cause", guess === run.cause)
        return { right: guess === run.cause, text: `In truth: ${run.cause}. ${guess === run.cause ? "" : "From the two lines alone this cannot always be told; several causes give the same picture. "}` }
      }, "cause"))
      if (this.state.cause) {
        const right = this.remedies[run.cause], words = [...new Set(Object.values(this.remedies))]
        boxes.push(this.ask("Which remedy belongs to it?", choices(right, words, 3, this.place + 50).map(word => [word, word]), guess => {
          note("remedy", guess === right)
          return { right: guess === right, text: `The remedy here: ${right}. What was changed: ${run.changes}. Beside the patient is the real run that came of it.` }
        }, "remedy"))
      }
    }
    return boxes
  }

  draw(svg, run, what) {
    const nothing = Math.log(run.classes), all = finite([...run.loss, ...run.val_loss])
    const high = Math.max(1.25 * nothing, ...all)
    const points = values => values.flatMap((value, at) => value === null ? [] : [[at + 1, value]])
    const [loss, held] = [finite(run.loss), finite(run.val_loss)]
    const middle = run.val_loss.indexOf(held.length ? Math.min(...held) : null) + 1
    const text = all.length ? `${what}: over ${run.loss.length} epochs the training loss goes from ${say(loss[0])} to ${say(loss.at(-1))}, the validation loss from ${say(held[0])} to ${say(held.at(-1))}; its lowest value is ${say(Math.min(...held))} in epoch ${middle}. Knowing nothing costs ${say(nothing)}.`
      : `${what}: the loss is no finite number in any epoch.`
    chart(svg, {
      lines: [{ name: "training", points: points(run.loss), tone: 0, at: .45 }, { name: "validation", points: points(run.val_loss), tone: 1, at: 1 }],
      x: { low: 1, high: run.loss.length, label: "epoch" }, y: { low: 0, high, label: "loss", say: value => String(value) },
      levels: [{ y: nothing, name: "knowing nothing" }], text })
    return text
  }

  render() {
    this.state.patient = clamp(Math.round(this.state.patient), 0, this.order.length - 1)
    const run = this.runs[this.place], key = [this.place, this.state.guess, this.state.cause, this.state.remedy].join("|")
    this.heading.textContent = `Patient ${this.state.patient + 1} of ${this.order.length}`
    this.caption.textContent = `${run.classes === 2 ? "Two digits" : "Ten digits"} to tell apart; loss per epoch.${finite(run.loss).length ? "" : " There is no line: the loss was no finite number in any epoch."}`
    if (key !== this.asked) {
      const focused = this.steps.contains(document.activeElement) && document.activeElement.dataset.guess
      this.steps.replaceChildren(...this.questions())
      if (focused) this.steps.querySelector(`[data-guess="${focused}"]`)?.focus()
      this.asked = key
    }
    const remedy = this.state.remedy && run.remedy !== null ? this.runs[run.remedy] : null
    this.remedyFigure.hidden = !remedy
    const text = this.draw(this.svg, run, "This run")
    if (remedy) {
      this.draw(this.healthy, remedy, "The remedy's run")
      this.healthyNote.textContent = `The remedy's real run. Right on validation: before ${percent(run.accuracy)}, now ${percent(remedy.accuracy)}.`
    }
    const own = this.data?.source?.startsWith("your run, with") ? "Your diagnose()" : "The chapter's rule"
    const right = [...this.tally.values()].filter(Boolean).length
    this.score.textContent = (this.state.guess ? `${own} says: ${run.rule}. ` : "") + (this.tally.size ? `Right at the first try: ${right} of ${this.tally.size}.` : "")
    this.speak([...this.steps.querySelectorAll(".w-verdict")].map(each => each.textContent).filter(Boolean).at(-1) ?? text)
  }
}

customElements.get("curve-clinic") ?? customElements.define("curve-clinic", CurveClinic)
