// The meaning of a marked word, beside the word: shown on hover and on focus, closed with Escape.
// Without this script the word is a link to the glossary, and it stays one.
let meanings
const address = new URL("glossary.json", import.meta.url)
const box = document.createElement("div")
box.className = "term-meaning"
box.id = "term-meaning"
box.setAttribute("role", "tooltip")
box.hidden = true
let shownFor, closing

const close = () => {
  clearTimeout(closing)
  box.hidden = true
  shownFor?.removeAttribute("aria-describedby")
  shownFor = undefined
}

const closeSoon = () => {
  clearTimeout(closing)
  closing = setTimeout(close, 250) // long enough to move onto the box, whose text can be selected
}

const place = word => {
  const { left, bottom } = word.getClientRects()[0]
  box.style.top = `${bottom + scrollY + 6}px`
  const room = document.documentElement.clientWidth - box.offsetWidth - 8
  box.style.left = `${Math.max(8, Math.min(left, room)) + scrollX}px`
}

const open = async word => {
  clearTimeout(closing)
  if (shownFor === word) return
  meanings ??= fetch(address).then(answer => (answer.ok ? answer.json() : {})).catch(() => ({}))
  shownFor?.removeAttribute("aria-describedby")
  shownFor = word
  const found = (await meanings)[word.hash.slice(1)]
  if (!found || shownFor !== word) return
  box.replaceChildren(Object.assign(document.createElement("strong"), { textContent: found.name }), ` ${found.meaning}`)
  if (!box.isConnected) document.body.append(box)
  box.hidden = false
  place(word)
  word.setAttribute("aria-describedby", box.id)
}

const word = event => event.target.closest?.("a.term")
document.addEventListener("pointerover", event => {
  if (event.pointerType === "touch") return // a tap follows the link
  if (word(event)) open(word(event))
  else if (event.target.closest?.(".term-meaning")) clearTimeout(closing)
  else if (shownFor && document.activeElement !== shownFor) closeSoon()
})
document.addEventListener("focusin", event => (word(event) ? open(word(event)) : close()))
document.addEventListener("keydown", event => event.key === "Escape" && close())
addEventListener("resize", close)
