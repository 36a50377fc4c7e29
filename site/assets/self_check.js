// <self-check>: remembers on this device which choice came first to each question, and says how it went.
// Without this script every choice still opens and says what it has to say.
const KEY = `self-check ${new URL(document.baseURI).pathname}`

const read = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}")
    return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {}
  } catch { return {} } // no storage, or something else lies there
}

const write = answers => {
  try { localStorage.setItem(KEY, JSON.stringify(answers)) } catch { /* private window: it is only not remembered */ }
}

customElements.define("self-check", class extends HTMLElement {
  connectedCallback() {
    if (this.status) return
    this.status = Object.assign(document.createElement("p"), { className: "self-check-status" })
    this.status.setAttribute("role", "status")
    this.again = Object.assign(document.createElement("button"), { type: "button", textContent: "Begin anew", className: "self-check-again" })
    this.again.addEventListener("click", () => this.forget())
    this.append(this.status, this.again)
    this.questions = [...this.querySelectorAll("ol.questions > li")]
    this.addEventListener("toggle", event => this.opened(event.target), true)
    this.show()
  }

  choices(question) { return [...question.querySelectorAll("details.choice")] }

  opened(choice) {
    const question = choice.closest?.("li")
    if (!choice.open || !question) return
    const answers = read()
    if (question.id in answers) return // only the first choice is a decision
    answers[question.id] = this.choices(question).indexOf(choice)
    write(answers)
    this.show()
  }

  forget() {
    write({})
    for (const choice of this.querySelectorAll("details.choice[open]")) choice.open = false
    this.show()
    this.querySelector("details.choice > summary")?.focus()
  }

  show() {
    const answers = read()
    let decided = 0, right = 0
    for (const question of this.questions) {
      const chosen = this.choices(question)[answers[question.id]]
      for (const choice of this.choices(question)) choice.classList.toggle("first-choice", choice === chosen)
      if (!chosen) continue
      decided += 1
      right += chosen.querySelector(".feedback.right") ? 1 : 0
    }
    const all = this.questions.length
    this.status.textContent = decided === 0 ? ""
      : `You have decided ${decided} of ${all} questions, ${right} of them right at the first choice.`
        + (decided === all && right < all ? " The ones that surprised you are the ones worth explaining to somebody." : "")
    this.again.hidden = decided === 0
  }
})
