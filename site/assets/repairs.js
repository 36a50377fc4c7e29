// What the theme's own script leaves out for people who use a keyboard or a screen reader.
const article = document.querySelector("article")

// A table that is wider than the page scrolls in a box, which the keyboard must be able to reach.
const watched = new ResizeObserver(changes => {
  for (const { target: box } of changes) box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1
})

const repair = () => {
  for (const box of article.querySelectorAll(".md-typeset__scrollwrap:not([role])")) {
    box.setAttribute("role", "group")
    box.setAttribute("aria-label", "Table")
    watched.observe(box)
  }
}

// All code that may scroll can be reached by keyboard. What does not scroll at this width is no stop on the way;
// that is measured only once somebody uses the Tab key, as it takes laying out the whole page.
let measuredAt
const measure = event => {
  if (event.key !== "Tab" || measuredAt === innerWidth) return
  measuredAt = innerWidth
  const code = [...article.querySelectorAll("pre > code")].filter(each => each.clientWidth) // not in closed details
  const scrolls = code.map(each => each.scrollWidth > each.clientWidth)
  code.forEach((each, number) => (scrolls[number] ? each.setAttribute("tabindex", "0") : each.removeAttribute("tabindex")))
}

if (article) {
  repair()
  addEventListener("keydown", measure, true)
  new MutationObserver(repair).observe(article, { childList: true, subtree: true })
}
